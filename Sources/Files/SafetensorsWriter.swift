internal import OrderedCollections

/// A tensor to be written: what it is, and how to get at its bytes when their turn comes.
public struct SafetensorsTensor {
  /// The tensor's name.
  public var name: String
  /// The type of its values by the format's name, such as `F32`.
  public var dtype: String
  /// Its extents.
  public var shape: [Int]
  /// Calls its argument once with the tensor's bytes, little-endian.
  public var withBytes: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// A tensor whose bytes `withBytes` hands over.
  public init(
    name: String, dtype: String, shape: [Int],
    withBytes: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.withBytes = withBytes
  }
}

/// Writes safetensors files, one tensor in memory at a time, laid out as the reference does.
///
/// Wider types come first, then names in byte order, so that every tensor is aligned; the header is
/// padded with spaces to a multiple of eight bytes. The same tensors give the same bytes.
public enum SafetensorsWriter {
  /// Writes `tensors` to `path`, atomically.
  ///
  /// - Throws: `AnnealError` of kind `storage` when the disk is full, `failed` when a tensor's
  ///   bytes do not fit its extents or a name stands twice.
  public static func write(
    to path: String, metadata: [String: String] = [:], tensors: [SafetensorsTensor]
  ) throws {
    let ordered = try sorted(tensors, path)
    let sizes = try ordered.map { try byteCount($0, path) }
    let header = headerBytes(ordered, sizes, metadata)
    let total = sizes.reduce(8 + header.count, +)
    try AtomicFile.write(to: path, expectedBytes: total) { output in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try output.write($0) }
      try header.withUnsafeBytes { try output.write($0) }
      for (tensor, size) in zip(ordered, sizes) {
        var written = 0
        try tensor.withBytes { bytes in
          written += bytes.count
          try output.write(bytes)
        }
        guard written == size else {
          throw AnnealError(
            .failed, "tensor \(tensor.name) gave \(written) bytes; \(size) are expected",
            at: .init(file: path))
        }
      }
    }
  }

  private static func sorted(
    _ tensors: [SafetensorsTensor], _ path: String
  ) throws -> [SafetensorsTensor] {
    let rank = Dictionary(
      uniqueKeysWithValues: SafetensorsType.ascending.enumerated().map { ($1.name, $0) })
    let ordered = tensors.sorted {
      let (left, right) = (rank[$0.dtype] ?? -1, rank[$1.dtype] ?? -1)
      return left == right ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : left > right
    }
    var seen: Set<String> = ["__metadata__"]
    for tensor in tensors where !seen.insert(tensor.name).inserted {
      throw AnnealError(
        .failed, "two tensors are called \(tensor.name)", at: .init(file: path))
    }
    return ordered
  }

  static func byteCount(_ tensor: SafetensorsTensor, _ path: String) throws -> Int {
    guard let size = SafetensorsType.bytes[tensor.dtype] else {
      throw AnnealError(
        .failed, "tensor \(tensor.name) has the type \(tensor.dtype), which the format lacks",
        at: .init(file: path))
    }
    return tensor.shape.reduce(size, *)
  }

  private static func headerBytes(
    _ tensors: [SafetensorsTensor], _ sizes: [Int], _ metadata: [String: String]
  ) -> [UInt8] {
    var members: OrderedDictionary<String, JSON> = [:]
    if !metadata.isEmpty {
      let sorted = metadata.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
      members["__metadata__"] = .object(.init(uniqueKeysWithValues: sorted))
    }
    var offset = 0
    for (tensor, size) in zip(tensors, sizes) {
      members[tensor.name] = [
        "dtype": .string(tensor.dtype), "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": [.integer(offset), .integer(offset + size)],
      ]
      offset += size
    }
    var bytes = Array(JSON.object(members).text().utf8)
    bytes += Array(repeating: UInt8(ascii: " "), count: (8 - bytes.count % 8) % 8)
    return bytes
  }
}

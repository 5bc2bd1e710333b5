/// Writes GGUF files (ggml, docs/gguf.md, version 3, little-endian), one tensor's part in memory at a
/// time.
///
/// Metadata and tensors keep the order they are given in; each tensor begins at a multiple of the
/// alignment. The same input gives the same bytes.
public enum GGUFWriter {
  /// Where tensors begin, bytes, unless a file says otherwise.
  public static let standardAlignment = 32

  /// The longest name of a tensor that readers take, bytes.
  public static let maximumNameBytes = 63

  /// Writes the file at `path`, atomically.
  ///
  /// - Parameters:
  ///   - alignment: where tensors begin: a multiple of this many bytes, which is a multiple of 8.
  ///   - check: called with the path of the finished file before it takes its place.
  /// - Throws: `AnnealError` of kind `storage` when the disk is full, `failed` when a tensor's bytes
  ///   do not fit its extents, a row is no whole number of blocks, or a name stands twice.
  public static func write(
    to path: String, metadata: [(name: String, value: GGUFValue)], tensors: [GGUFTensor],
    alignment: Int = standardAlignment, checkedBy check: (String) throws -> Void = { _ in }
  ) throws {
    guard alignment > 0, alignment % 8 == 0, UInt32(exactly: alignment) != nil else {
      throw fault("the alignment is \(alignment); expected a positive multiple of 8", path)
    }
    let sizes = try tensors.map { try byteCount(of: $0, path) }
    let head = try header(metadata, tensors, sizes, alignment, path)
    let total = sizes.reduce(head.count) { $0 + aligned($1, alignment) }
    try AtomicFile.write(to: path, expectedBytes: total, checkedBy: check) { output in
      try output.write(head)
      for (tensor, size) in zip(tensors, sizes) {
        let start = output.count
        try tensor.withBytes { try output.write($0) }
        guard output.count - start == size else {
          throw fault(
            "tensor \(tensor.name) gave \(output.count - start) bytes; \(size) are expected", path)
        }
        try output.write([UInt8](repeating: 0, count: aligned(size, alignment) - size))
      }
    }
  }

  /// The bytes of the file that `write` would make.
  public static func byteCount(
    metadata: [(name: String, value: GGUFValue)], tensors: [GGUFTensor],
    alignment: Int = standardAlignment, path: String
  ) throws -> Int {
    let sizes = try tensors.map { try byteCount(of: $0, path) }
    return try sizes.reduce(header(metadata, tensors, sizes, alignment, path).count) {
      $0 + aligned($1, alignment)
    }
  }

  private static func header(
    _ metadata: [(name: String, value: GGUFValue)], _ tensors: [GGUFTensor], _ sizes: [Int],
    _ alignment: Int, _ path: String
  ) throws -> [UInt8] {
    var metadata = metadata
    if alignment != standardAlignment {
      metadata.append((GGUFFile.alignmentKey, .uint32(UInt32(alignment))))
    }
    try checkNames(metadata.map(\.name), "metadata entries", path)
    try checkNames(tensors.map(\.name), "tensors", path)
    var bytes = Array("GGUF".utf8)
    func put(_ value: GGUFValue) -> Bool { value.append(to: &bytes) }
    var isWritten = put(.uint32(3)) && put(.uint64(UInt64(tensors.count)))
    isWritten = isWritten && put(.uint64(UInt64(metadata.count)))
    for (name, value) in metadata {
      isWritten = put(.string(name)) && put(.uint32(value.type.rawValue)) && put(value)
      guard isWritten else {
        throw fault("the array '\(name)' holds values of another type than its own", path)
      }
    }
    var offset = 0
    for (tensor, size) in zip(tensors, sizes) {
      _ = put(.string(tensor.name)) && put(.uint32(UInt32(tensor.shape.count)))
      for extent in tensor.shape.reversed() { _ = put(.uint64(UInt64(extent))) }
      _ = put(.uint32(tensor.format.number)) && put(.uint64(UInt64(offset)))
      offset += aligned(size, alignment)
    }
    bytes += [UInt8](repeating: 0, count: aligned(bytes.count, alignment) - bytes.count)
    return bytes
  }

  private static func byteCount(of tensor: GGUFTensor, _ path: String) throws -> Int {
    guard (1...4).contains(tensor.shape.count), tensor.shape.allSatisfy({ $0 > 0 }) else {
      throw fault(
        "tensor \(tensor.name) has extents \(tensor.shape); expected one to four, all positive",
        path)
    }
    guard let bytes = tensor.format.byteCount(ofValuesIn: tensor.shape) else {
      throw fault(
        "the rows of \(tensor.name), extents \(tensor.shape), are no whole number of blocks of "
          + "\(tensor.format.valuesPerBlock), as \(tensor.format.name) needs", path)
    }
    return bytes
  }

  private static func checkNames(_ names: [String], _ what: String, _ path: String) throws {
    var seen: Set<[UInt8]> = []
    for name in names {
      guard seen.insert(Array(name.utf8)).inserted else {
        throw fault("two \(what) are called \(name)", path)
      }
      guard what != "tensors" || name.utf8.count <= maximumNameBytes else {
        throw fault(
          "the name \(name) has \(name.utf8.count) bytes; at most \(maximumNameBytes) are read",
          path
        )
      }
    }
  }

  private static func aligned(_ count: Int, _ alignment: Int) -> Int {
    count + (alignment - count % alignment) % alignment
  }

  private static func fault(_ message: String, _ path: String) -> AnnealError {
    AnnealError(.failed, message, at: .init(file: path))
  }
}

internal import AnnealFiles

/// The weights of a model under Hugging Face's names, read a few rows at a time.
public protocol TensorSource {
  /// All tensors' names.
  var names: [String] { get }
  /// The extents of a tensor, rows first; nil when there is none of that name.
  func shape(of name: String) -> [Int]?
  /// Reads rows of a tensor as numbers of 32 bits; a tensor of one extent is one row.
  func read(_ name: String, rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>) throws
}

extension TensorSource {
  /// Rows of a tensor as numbers of 32 bits.
  func values(of name: String, rows: Range<Int>, width: Int) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: rows.count * width) { values, count in
      try read(name, rows: rows, into: .init(rebasing: values[..<(rows.count * width)]))
      count = rows.count * width
    }
  }
}

/// The weights in the safetensors files of a model folder.
public struct SafetensorsSource: TensorSource {
  private let files: ShardedSafetensors

  /// The weights of the model in `folder`.
  ///
  /// - Throws: `AnnealError` of kind `model` when a tensor is held in codes instead of numbers.
  public init(folder: String) throws {
    files = try ShardedSafetensors(folder: folder)
    for name in files.names {
      guard let (file, entry) = files.entry(name), Self.format(entry.dtype) == nil else { continue }
      throw AnnealError(
        .model, "the tensor \(name) holds \(entry.dtype); expected F32, F16 or BF16",
        at: .init(file: file.path), remedy: "Write the model as numbers first: anneal merge.")
    }
  }

  /// All tensors' names.
  public var names: [String] { files.names }

  /// The extents of a tensor.
  public func shape(of name: String) -> [Int]? { files.entry(name)?.entry.shape }

  /// Reads rows of a tensor.
  public func read(
    _ name: String, rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let (file, entry) = files.entry(name), let format = Self.format(entry.dtype) else {
      throw AnnealError(.model, "the tensor \(name) is missing", at: .init(file: files.folder))
    }
    let width = entry.shape.last ?? 1
    let bytes = file.bytes(of: entry)
    let range =
      rows.lowerBound * width * format.bytesPerBlock..<rows.upperBound * width
      * format.bytesPerBlock
    guard range.upperBound <= bytes.count, values.count == rows.count * width else {
      throw AnnealError(
        .failed, "rows \(rows) of \(name) were asked for; its extents are \(entry.shape)",
        at: .init(file: file.path))
    }
    let part = UnsafeRawBufferPointer(rebasing: bytes[range]).bindMemory(to: UInt8.self)
    format.decode(part, width: width, into: values)
  }

  private static func format(_ dtype: String) -> (any BlockFormat.Type)? {
    ["F32", "F16", "BF16"].contains(dtype) ? BlockFormats.named(dtype) : nil
  }
}

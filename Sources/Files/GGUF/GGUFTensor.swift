/// A tensor to be written to a GGUF file: what it is, and how to get at its bytes when their turn
/// comes.
public struct GGUFTensor {
  /// The tensor's name.
  public var name: String
  /// How its values are stored.
  public var format: any BlockFormat.Type
  /// Its extents, rows first as everywhere in this project; the file has them the other way round.
  public var shape: [Int]
  /// Calls its argument with the tensor's bytes, in one piece or several.
  public var withBytes: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// A tensor whose bytes `withBytes` hands over.
  public init(
    name: String, format: any BlockFormat.Type, shape: [Int],
    withBytes: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.format = format
    self.shape = shape
    self.withBytes = withBytes
  }
}

/// A tensor in a GGUF file.
public struct GGUFTensorEntry: Sendable {
  /// The tensor's name.
  public let name: String
  /// How its values are stored.
  public let format: any BlockFormat.Type
  /// Its extents, rows first.
  public let shape: [Int]
  /// Where its bytes lie, counted from the beginning of the file.
  public let byteRange: Range<Int>

  /// Values of a row: the last extent.
  public var width: Int { shape.last ?? 1 }
  /// How many rows there are.
  public var rows: Int { shape.dropLast().reduce(1, *) }
}

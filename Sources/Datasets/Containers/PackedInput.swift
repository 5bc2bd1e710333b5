internal import AnnealFiles

/// The packed bytes that are yet to be unpacked, a part of the file at a time.
struct PackedInput {
  private let source: any ByteProducer
  private var hasMore = true
  /// The part of the file that is being unpacked.
  var bytes: [UInt8] = []
  /// How many of them are.
  var consumed = 0

  init(_ source: any ByteProducer) { self.source = source }

  /// Whether everything has been unpacked.
  var isOver: Bool { consumed == bytes.count && !hasMore }

  /// Reads the next part once this one is used up.
  mutating func refill() throws {
    guard consumed == bytes.count, hasMore else { return }
    bytes.removeAll(keepingCapacity: true)
    consumed = 0
    hasMore = try source.read(1 << 16, into: &bytes)
  }
}

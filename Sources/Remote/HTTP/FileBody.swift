internal import AnnealFiles
internal import NIOCore

/// A part of a file as the body of a request, read as it is sent.
struct FileBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let path: String
  let range: Range<Int>
  /// Text before and after the file's bytes, as of a form.
  var prefix = ""
  var suffix = ""
  /// Is told how many bytes went out; what it throws ends the request.
  var sent: @Sendable (Int) throws -> Void = { _ in }

  /// All bytes that are sent.
  var count: Int { prefix.utf8.count + range.count + suffix.utf8.count }

  func makeAsyncIterator() -> Iterator { Iterator(body: self) }

  struct Iterator: AsyncIteratorProtocol {
    private static let pieceBytes = 1 << 18

    private let body: FileBody
    private var file: RandomAccessFile?
    private var position: Int
    private var stage = 0

    init(body: FileBody) {
      self.body = body
      position = body.range.lowerBound
    }

    mutating func next() async throws -> ByteBuffer? {
      if stage == 0 {
        stage = 1
        file = try RandomAccessFile(path: body.path)
        if !body.prefix.isEmpty { return ByteBuffer(string: body.prefix) }
      }
      if stage == 1, position < body.range.upperBound, let file {
        let end = Swift.min(body.range.upperBound, position + Self.pieceBytes)
        let bytes = try file.read(position..<end)
        position = end
        try body.sent(bytes.count)
        return ByteBuffer(bytes: bytes)
      }
      if stage == 1 {
        stage = 2
        if !body.suffix.isEmpty { return ByteBuffer(string: body.suffix) }
      }
      return nil
    }
  }
}

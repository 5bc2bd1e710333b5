public import AnnealFiles

/// A request as a server received it.
public struct Received: Sendable {
  /// Such as `GET`.
  public var method: String
  /// The path without what a question mark begins, percent signs resolved part by part.
  public var path: [String]
  /// What stands behind the question mark.
  public var query: [String: String]
  /// The headers, names in small letters.
  public var headers: [String: String]
  /// The body.
  public var body: [UInt8]

  /// The path as a text.
  public var pathText: String { "/" + path.joined(separator: "/") }

  /// The body as JSON; null when it is none.
  public var json: JSON { (try? JSON(parsing: body)) ?? .null }

  /// The first byte and the one past the last that a `Range` header asks for, of `count`.
  public func range(of count: Int) -> Range<Int>? {
    guard let text = headers["range"], text.hasPrefix("bytes=") else { return nil }
    let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int(ends[0]), first < count else { return nil }
    let last = Int(ends[1]) ?? count - 1
    return first..<min(count, max(first, last + 1))
  }
}

/// What a server answers.
public struct Answered: Sendable {
  /// The status.
  public var status: Int
  /// Headers beside the length.
  public var headers: [(name: String, value: String)]
  /// The body.
  public var body: [UInt8]
  /// The length that is announced; nil for that of the body.
  public var announced: Int?
  /// Sends this many bytes of the body and closes the connection.
  public var cutAfter: Int?
  /// How long the answer takes.
  public var milliseconds = 0

  /// An answer of bytes.
  public init(
    _ status: Int = 200, _ headers: [(name: String, value: String)] = [], bytes: [UInt8] = []
  ) {
    (self.status, self.headers, body) = (status, headers, bytes)
  }

  /// An answer of JSON.
  public init(
    _ status: Int = 200, _ headers: [(name: String, value: String)] = [], json: JSON
  ) {
    self.init(
      status, headers + [("Content-Type", "application/json")], bytes: Array(json.text().utf8))
  }

  /// A failure in the words of OpenAI's servers.
  public static func failure(
    _ status: Int, _ message: String, code: String? = nil,
    _ headers: [(name: String, value: String)] = []
  ) -> Answered {
    let error: JSON = [
      "message": .string(message), "code": code.map { .string($0) } ?? .null,
    ]
    return Answered(status, headers, json: ["error": error])
  }
}

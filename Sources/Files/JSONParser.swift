internal import struct OrderedCollections.OrderedDictionary

extension JSON {
  /// The value that `text` holds (RFC 8259).
  ///
  /// - Throws: `AnnealError` with the line and column of the first fault.
  public init(parsing text: some StringProtocol, file: String = "JSON", firstLine: Int = 1) throws {
    try self.init(parsing: Array(text.utf8), file: file, firstLine: firstLine)
  }

  /// The value that UTF-8 `bytes` hold.
  ///
  /// A byte-order mark is skipped, ill-formed UTF-8 and lone surrogate escapes become U+FFFD, and of
  /// a repeated key the last value counts.
  public init(parsing bytes: [UInt8], file: String = "JSON", firstLine: Int = 1) throws {
    self = try bytes.withUnsafeBufferPointer {
      try JSON(parsing: $0, file: file, firstLine: firstLine)
    }
  }

  /// The value that UTF-8 `bytes` hold.
  ///
  /// - Parameter refusingRepeats: whether a key that stands twice in an object is a fault.
  public init(
    parsing bytes: UnsafeBufferPointer<UInt8>, file: String = "JSON", firstLine: Int = 1,
    refusingRepeats: Bool = false
  ) throws {
    var parser = JSONParser(
      bytes: bytes, file: file, firstLine: firstLine, refusesRepeats: refusingRepeats)
    self = try parser.document()
  }
}

/// A recursive-descent parser over bytes, bounded in depth.
struct JSONParser {
  private static let maximumDepth = 512

  private let bytes: UnsafeBufferPointer<UInt8>
  private let file: String
  private let firstLine: Int
  private let refusesRepeats: Bool
  private var position = 0
  private var depth = 0

  init(
    bytes: UnsafeBufferPointer<UInt8>, file: String, firstLine: Int, refusesRepeats: Bool = false
  ) {
    self.refusesRepeats = refusesRepeats
    self.bytes = bytes
    self.file = file
    self.firstLine = firstLine
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func document() throws -> JSON {
    let value = try value()
    skipSpace()
    if position < bytes.count { throw fault("the value ends here, but more text follows") }
    return value
  }

  private mutating func value() throws -> JSON {
    skipSpace()
    guard let byte = peek() else { throw fault("the text ends where a value should begin") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw fault("\(spelled(byte)) cannot begin a value")
    }
  }

  private mutating func nested(_ body: (inout JSONParser) throws -> JSON) throws -> JSON {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else {
      throw fault("values are nested deeper than \(Self.maximumDepth) levels")
    }
    position += 1
    return try body(&self)
  }

  private mutating func object() throws -> JSON {
    var members = OrderedDictionary<String, JSON>()
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else {
        throw fault("\(spelledNext()) stands where a quoted key should begin")
      }
      let key = try string()
      skipSpace()
      guard take(":") else {
        throw fault("\(spelledNext()) stands where ':' should follow the key \"\(key)\"")
      }
      if refusesRepeats, members[key] != nil {
        throw fault("the key \"\(key)\" stands here a second time", field: key)
      }
      members[key] = try value()
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw fault("\(spelledNext()) stands where ',' or '}' should be") }
    }
  }

  private mutating func array() throws -> JSON {
    var elements: [JSON] = []
    skipSpace()
    if take("]") { return .array(elements) }
    while true {
      elements.append(try value())
      skipSpace()
      if take("]") { return .array(elements) }
      guard take(",") else { throw fault("\(spelledNext()) stands where ',' or ']' should be") }
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws -> JSON {
    let end = position + text.utf8CodeUnitCount
    let matches =
      end <= bytes.count
      && text.withUTF8Buffer { expected in
        expected.indices.allSatisfy { expected[$0] == bytes[position + $0] }
      }
    guard matches else { throw fault("'\(text)' is misspelt") }
    position = end
    return value
  }

  private mutating func number() throws -> JSON {
    let start = position
    _ = take("-")
    guard let first = peek(), isDigit(first) else { throw fault("a number needs a digit here") }
    if first == UInt8(ascii: "0") { position += 1 } else { skipDigits() }
    var isWhole = true
    if take(".") {
      isWhole = false
      guard let byte = peek(), isDigit(byte) else { throw fault("a digit should follow '.'") }
      skipDigits()
    }
    if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      position += 1
      if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
      guard let byte = peek(), isDigit(byte) else { throw fault("an exponent needs a digit") }
      skipDigits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let integer = Int(text) { return .integer(integer) }
    // More digits than this are no number of anything, and Python refuses them too.
    if isWhole, text.utf8.count <= 4300 { return .wide(text) }
    guard let number = Double(text) else { throw fault("'\(text)' is not a number") }
    return .number(number)
  }

  private mutating func string() throws -> String {
    position += 1
    let start = position
    while let byte = peek() {
      if byte == UInt8(ascii: "\"") {
        defer { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      if byte < 0x20 { throw fault("a control character must be escaped inside a string") }
      position += 1
    }
    throw fault("the text ends inside a string")
  }

  /// The rest of a string that holds at least one escape.
  private mutating func escapedString(from start: Int) throws -> String {
    var buffer = Array(bytes[start..<position])
    while let byte = peek() {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: buffer, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &buffer)
      case 0..<0x20: throw fault("a control character must be escaped inside a string", back: 1)
      default: buffer.append(byte)
      }
    }
    throw fault("the text ends inside a string")
  }

  private mutating func escape(into buffer: inout [UInt8]) throws {
    guard let byte = peek() else { throw fault("the text ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"): buffer.append(contentsOf: Array(String(try unicodeEscape()).utf8))
    default: throw fault("'\\\(spelled(byte))' is not an escape", back: 1)
    }
  }

  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    let first = try hexadecimal4()
    guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
    // A high surrogate: its partner must follow, or it stands for nothing.
    let resume = position
    if take("\\"), take("u") {
      let second = try hexadecimal4()
      if (0xDC00..<0xE000).contains(second) {
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
      }
    }
    position = resume
    return "\u{FFFD}"
  }

  private mutating func hexadecimal4() throws -> UInt32 {
    guard position + 4 <= bytes.count else { throw fault("'\\u' needs four hexadecimal digits") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("'\\u' needs four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func skipDigits() {
    while let byte = peek(), isDigit(byte) { position += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private func spelledNext() -> String { peek().map(spelled) ?? "the end of the text" }

  private func spelled(_ byte: UInt8) -> String {
    (0x21..<0x7F).contains(byte)
      ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
  }

  private func fault(_ message: String, back: Int = 0, field: String? = nil) -> AnnealError {
    let place = max(0, position - back)
    let before = bytes[..<min(place, bytes.count)]
    let line = before.count { $0 == 0x0A }
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let column = String(decoding: before[lineStart...], as: UTF8.self).count
    return AnnealError(
      .data, "not valid JSON: \(message)",
      at: .init(file: file, line: firstLine + line, column: column + 1, field: field))
  }
}

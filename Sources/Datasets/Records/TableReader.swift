internal import AnnealFiles

/// Records of separated values, as RFC 4180 writes them.
struct TableReader {
  /// A record and the line on which it begins.
  struct Record {
    var line: Int
    var fields: [String]
  }

  private let bytes: [UInt8]
  private let separator: UInt8
  private let path: String
  private var position = 0
  private var line: Int

  /// The records in `bytes`, the first of which stands on `line`.
  init(_ bytes: [UInt8], separator: UInt8, path: String, line: Int = 1) {
    self.bytes = bytes
    self.separator = separator
    self.path = path
    self.line = line
  }

  /// Comma, semicolon or tab: the one that stands most often in the header, a comma in doubt.
  static func separator(of header: [UInt8]) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in header {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    var best = candidates[0]
    for candidate in candidates where counts[candidate, default: 0] > counts[best, default: 0] {
      best = candidate
    }
    return best
  }

  /// The next record; nil at the end.
  ///
  /// Empty lines are passed over.
  mutating func next() throws -> Record? {
    while position < bytes.count, bytes[position] == 0x0A || bytes[position] == 0x0D {
      line += 1
      position += 1
    }
    guard position < bytes.count else { return nil }
    var record = Record(line: line, fields: [])
    while true {
      record.fields.append(try field())
      guard position < bytes.count else { return record }
      let end = bytes[position]
      position += 1
      if end == separator { continue }
      line += 1
      return record
    }
  }

  /// A field up to its separator, the line's end or the file's.
  private mutating func field() throws -> String {
    guard position < bytes.count else { return "" }
    if bytes[position] == UInt8(ascii: "\"") { return try quotedField() }
    let start = position
    while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedField() throws -> String {
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.count, bytes[position] == byte else { return try closed(text) }
        position += 1
      }
      if byte == 0x0A { line += 1 }
      text.append(byte)
    }
    return try closed(text)
  }

  private func closed(_ text: [UInt8]) throws -> String {
    guard position == bytes.count || isEnd(bytes[position]) else {
      throw BadRecord(
        AnnealError(
          .data, "text follows the closing quote of a field", at: .init(file: path, line: line),
          remedy: "A quote inside a quoted field is written twice."),
        bytes: bytes, isOfQuotes: true)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == 0x0A || byte == 0x0D }
}

/// Whether a record goes on after a line, because a quoted field of it is open.
struct QuoteScanner {
  private let separator: UInt8
  /// Whether a quoted field is open.
  private(set) var isOpen = false

  init(separator: UInt8) { self.separator = separator }

  /// Goes over a line; quotes that stand inside an unquoted field open nothing.
  mutating func scan(_ line: [UInt8]) {
    var isAtStart = true
    var position = 0
    while position < line.count {
      let byte = line[position]
      if isOpen {
        if byte == UInt8(ascii: "\"") {
          if position + 1 < line.count, line[position + 1] == byte {
            position += 1
          } else {
            (isOpen, isAtStart) = (false, false)
          }
        }
      } else if byte == UInt8(ascii: "\""), isAtStart {
        isOpen = true
      } else {
        isAtStart = byte == separator || byte == 0x0D
      }
      position += 1
    }
  }
}

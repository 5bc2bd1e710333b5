internal import AnnealFiles
internal import OrderedCollections

extension RowReader {
  /// The rows of a table: RFC 4180 with a header; every value is a string.
  ///
  /// Line ends inside quoted fields are read as `\n`.
  func tableRows(
    _ bytes: UnsafeBufferPointer<UInt8>, _ kind: FileKind,
    _ report: (AnnealError) throws -> Void
  ) throws -> [Row] {
    let separator = kind == .tsv ? UInt8(ascii: "\t") : TableReader.separator(of: bytes)
    var reader = TableReader(bytes, separator: separator, path: path)
    guard let header = try reader.next() else {
      throw AnnealError(.data, "the file holds no header", at: .init(file: path, line: 1))
    }
    try check(header)
    var rows: [Row] = []
    while let record = try reader.next() {
      guard record.fields.count == header.fields.count else {
        try report(ragged(record, header))
        continue
      }
      let members = zip(header.fields, record.fields).map { ($0, JSON.string($1)) }
      rows.append(
        Row(
          index: rows.count, file: path, line: record.line,
          fields: .object(OrderedDictionary(uniqueKeysWithValues: members))))
    }
    return rows
  }

  private func check(_ header: TableReader.Record) throws {
    var seen: Set<String> = []
    for name in header.fields {
      guard !name.isEmpty, seen.insert(name).inserted else {
        throw AnnealError(
          .data, name.isEmpty ? "a column has no name" : "two columns are called '\(name)'",
          at: .init(file: path, line: header.line),
          remedy: "The first line should name every column once.")
      }
    }
  }

  private func ragged(_ record: TableReader.Record, _ header: TableReader.Record) -> AnnealError {
    AnnealError(
      .data,
      "the row has \(record.fields.count) fields; the header names \(header.fields.count)",
      at: .init(file: path, line: record.line),
      remedy: "A field that holds a separator, a quote or a line end must stand in quotes.")
  }
}

/// Records of separated values, as RFC 4180 writes them.
struct TableReader {
  /// A record and the line on which it begins.
  struct Record {
    var line: Int
    var fields: [String]
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let separator: UInt8
  private let path: String
  private var position = 0
  private var line = 1

  init(_ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, path: String) {
    self.bytes = bytes
    self.separator = separator
    self.path = path
  }

  /// Comma, semicolon or tab: the one that stands most often in the header, a comma in doubt.
  static func separator(of bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == 0x0A, !isQuoted { break }
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
      if bytes[position] == 0x0A { line += 1 }
      position += 1
    }
    guard position < bytes.count else { return nil }
    var record = Record(line: line, fields: [])
    while true {
      record.fields.append(try field(record.line))
      guard position < bytes.count else { return record }
      let end = bytes[position]
      position += 1
      if end == separator { continue }
      if end == 0x0D, position < bytes.count, bytes[position] == 0x0A { position += 1 }
      line += 1
      return record
    }
  }

  /// A field up to its separator, the line's end or the file's.
  private mutating func field(_ recordLine: Int) throws -> String {
    guard position < bytes.count else { return "" }
    if bytes[position] == UInt8(ascii: "\"") { return try quotedField() }
    let start = position
    while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedField() throws -> String {
    let startLine = line
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.count, bytes[position] == byte else {
          return try closed(text)
        }
        position += 1
      }
      if byte == 0x0A { line += 1 }
      if byte == 0x0D, position < bytes.count, bytes[position] == 0x0A { continue }
      text.append(byte)
    }
    throw AnnealError(
      .data, "a quoted field begins here and never ends", at: .init(file: path, line: startLine))
  }

  private func closed(_ text: [UInt8]) throws -> String {
    guard position == bytes.count || isEnd(bytes[position]) else {
      throw AnnealError(
        .data, "text follows the closing quote of a field", at: .init(file: path, line: line),
        remedy: "A quote inside a quoted field is written twice.")
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == 0x0A || byte == 0x0D }
}

internal import AnnealFiles
internal import OrderedCollections

extension RowReader {
  /// The rows of a table: RFC 4180 with a header; every value is a string.
  ///
  /// Line ends inside quoted fields are read as `\n`.
  func tableRows(
    _ lines: inout LineReader, _ kind: FileKind, _ body: (RowEvent) throws -> Void
  ) throws {
    var separator = kind == .tsv ? UInt8(ascii: "\t") : UInt8(ascii: ",")
    var header: TableReader.Record?
    var index = 0
    while let line = try lines.next() {
      guard line.bytes.contains(where: { $0 != 0x0D }) else { continue }
      if header == nil, kind == .csv { separator = TableReader.separator(of: line.bytes) }
      var taken: [LineReader.Line] = []
      do {
        let bytes = try record(from: line, &lines, separator, &taken)
        var reader = TableReader(bytes, separator: separator, path: path, line: line.number)
        while let record = try reader.next() {
          guard let names = header?.fields else {
            try check(record)
            header = record
            continue
          }
          let fields = try fields(of: record, names)
          try body(.row(Row(index: index, file: path, line: record.line, fields: fields)))
          index += 1
        }
      } catch var bad as BadRecord {
        if bad.isOfQuotes, !taken.isEmpty {
          bad = unclosed(line)
          // The quote is the fault of one line: those after it are rows of their own.
          if taken.reduce(0, { $0 + $1.bytes.count }) < Self.secondLook { lines.putBack(taken) }
        }
        guard header != nil else { throw bad.error }
        try body(.bad(BadRow(bad.error, content: bad.content)))
      }
    }
    guard header != nil else {
      throw AnnealError(.data, "the file holds no header", at: .init(file: path, line: 1))
    }
  }

  /// How much of a record whose quotes never close is read again, line by line.
  private static let secondLook = 1 << 20

  /// The bytes of the record that begins with `line`; a quoted field may go on over more lines.
  private func record(
    from line: LineReader.Line, _ lines: inout LineReader, _ separator: UInt8,
    _ taken: inout [LineReader.Line]
  ) throws -> [UInt8] {
    if let fault = fault(of: line) { throw BadRecord(fault, bytes: line.bytes) }
    var quotes = QuoteScanner(separator: separator)
    quotes.scan(line.bytes)
    guard quotes.isOpen else { return line.bytes }
    var bytes = line.bytes
    while quotes.isOpen, bytes.count < LineReader.longest, let more = try lines.next() {
      taken.append(more)
      bytes.append(0x0A)
      bytes += more.bytes
      quotes.scan(more.bytes)
      if let fault = fault(of: more) { throw BadRecord(fault, bytes: bytes) }
    }
    if quotes.isOpen { throw unclosed(line) }
    return bytes
  }

  private func unclosed(_ line: LineReader.Line) -> BadRecord {
    BadRecord(
      AnnealError(
        .data, "a quoted field begins here and never ends",
        at: .init(file: path, line: line.number),
        remedy: "Close the quote; a quote inside a quoted field is written twice."),
      bytes: line.bytes, isOfQuotes: true)
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

  private func fields(of record: TableReader.Record, _ names: [String]) throws -> JSON {
    let content = JSON.array(record.fields.map { .string($0) })
    guard record.fields.count == names.count else {
      throw BadRecord(
        AnnealError(
          .data,
          "the row has \(grouped(record.fields.count, of: "field")); the header names \(names.count)",
          at: .init(file: path, line: record.line),
          remedy: "A field that holds a separator, a quote or a line end must stand in quotes."),
        content: content)
    }
    for (name, field) in zip(names, record.fields) where field.utf8.contains(0) {
      throw BadRecord(
        AnnealError(
          .data, "'\(name)' holds a zero byte",
          at: .init(file: path, line: record.line, field: name),
          remedy: "Remove it: tr -d '\\000' < FILE > NEW"),
        content: content)
    }
    let members = zip(names, record.fields).map { ($0, JSON.string($1)) }
    return .object(OrderedDictionary(uniqueKeysWithValues: members))
  }
}

/// A record of a table that is no row.
struct BadRecord: Error {
  var error: AnnealError
  var content: JSON
  /// Whether a quote is at fault, which may have taken in lines that are rows of their own.
  var isOfQuotes = false

  init(_ error: AnnealError, content: JSON) { (self.error, self.content) = (error, content) }

  init(_ error: AnnealError, bytes: [UInt8], isOfQuotes: Bool = false) {
    self.init(error, content: BadRow(error, text: bytes).content)
    self.isOfQuotes = isOfQuotes
  }
}

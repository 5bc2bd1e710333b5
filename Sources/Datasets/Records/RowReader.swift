public import AnnealFiles

/// Reads the rows of a data file: JSON, JSON lines, CSV, TSV or plain text, compressed or not, Parquet
/// or Arrow.
///
/// All are read row by row, so that memory does not grow with the file; only a JSON object with an
/// array of rows in it is held whole. The lines of Parquet and Arrow files are their rows. A byte-order
/// mark is dropped, and `\r\n` ends a line as `\n` does.
public struct RowReader: Sendable {
  /// The file's path.
  public let path: String
  /// How the file is written; nil to detect it.
  public let kind: FileKind?

  /// The largest JSON value that is read as one, bytes.
  private static let largestValue = 1 << 32

  /// A reader of the file at `path`.
  public init(path: String, kind: FileKind? = nil) {
    self.path = path
    self.kind = kind
  }

  /// What a file holds.
  public struct Contents: Sendable {
    /// How the file is written.
    public var kind: FileKind
    /// The rows that could be read.
    public var rows: [Row]
    /// What was wrong, by line.
    public var problems: [AnnealError]
  }

  /// The rows of the file: all, or the first `limit`, with nothing read after them.
  ///
  /// - Throws: `AnnealError` with file and line of the first row that cannot be read, and when the
  ///   file is empty.
  public func rows(limit: Int? = nil) throws -> [Row] {
    var rows: [Row] = []
    try EnoughRows.reading {
      try forEach { event in
        switch event {
        case .row(let row): rows.append(row)
        case .bad(let row): throw row.error
        case .note: break
        }
        if rows.count == limit { throw EnoughRows() }
      }
    }
    guard !rows.isEmpty else { throw noRows }
    return rows
  }

  /// The failure that the file has nothing in it.
  var noRows: AnnealError {
    AnnealError(.data, "the file holds no rows", at: .init(file: path))
  }

  /// The rows that can be read and the problems of the rest.
  ///
  /// - Throws: `AnnealError` only when the file itself cannot be read.
  public func contents() throws -> Contents {
    var contents = Contents(kind: .text, rows: [], problems: [])
    contents.kind = try forEach { event in
      switch event {
      case .row(let row): contents.rows.append(row)
      case .bad(let row): contents.problems.append(row.error)
      case .note(let problem): contents.problems.append(problem)
      }
    }
    return contents
  }

  /// Calls `body` with each row of the file in turn, and with what is wrong.
  ///
  /// - Returns: how the file is written.
  /// - Throws: what `body` throws, and `AnnealError` when the file itself cannot be read.
  @discardableResult
  public func forEach(_ body: (RowEvent) throws -> Void) throws -> FileKind {
    let (data, kind) = try open()
    try read(data, kind, body)
    return kind
  }

  /// The file's bytes, and how it is written.
  ///
  /// - Throws: `AnnealError` when it cannot be read or is empty.
  func open() throws -> (data: DataBytes, kind: FileKind) {
    let data = try DataBytes(path: path)
    let kind = try kind ?? .detected(data, path: path)
    guard !(data.bytes.isWhole && data.bytes.head.withUnsafeBufferPointer(\.withoutMark.isEmpty))
    else { throw AnnealError(.data, "the file is empty", at: .init(file: path)) }
    return (data, kind)
  }

  /// Calls `body` with all rows of an open file.
  func read(_ data: DataBytes, _ kind: FileKind, _ body: (RowEvent) throws -> Void) throws {
    var lines = LineReader(data.bytes)
    switch kind {
    case .json:
      if try data.beginsWithArray() { return try arrayRows(data.bytes, body) }
      let bytes = try data.rest(limit: Self.largestValue, path: path)
      try bytes.withUnsafeBufferPointer { try objectRows($0.withoutMark, body) }
    case .jsonl, .parquet, .arrow: try jsonLineRows(&lines, body)
    case .csv, .tsv: try tableRows(&lines, kind, body)
    case .text: try textRows(&lines, body)
    case .lines: try lineRows(&lines, body)
    }
  }

  private func jsonLineRows(
    _ lines: inout LineReader, _ body: (RowEvent) throws -> Void
  ) throws {
    var index = 0
    while let line = try lines.next() {
      guard !line.isBlank else { continue }
      guard let row = try readable(line, body, { try row($0, index: index, line: line.number) })
      else { continue }
      index += 1
      try body(.row(row))
    }
  }

  /// What `read` makes of a line's JSON; nil, and told, when it cannot be read.
  func readable(
    _ line: LineReader.Line, _ body: (RowEvent) throws -> Void, _ read: (JSON) throws -> Row
  ) throws -> Row? {
    do {
      if let fault = fault(of: line) { throw fault }
      let value = try line.bytes.withUnsafeBufferPointer {
        try JSON(parsing: $0, file: path, firstLine: line.number, refusingRepeats: true)
      }
      return try read(value)
    } catch let error as AnnealError {
      try body(.bad(BadRow(error, text: line.bytes)))
      return nil
    }
  }

  /// What is wrong with a line whatever it is to hold: that it is too long, or not UTF-8.
  func fault(of line: LineReader.Line) -> AnnealError? {
    let place = AnnealError.Place(file: path, line: line.number)
    if line.isTooLong {
      return AnnealError(
        .data, "the line is longer than \(grouped(LineReader.longest)) bytes", at: place,
        remedy: "Check that every row ends with a line end, or divide the row.")
    }
    let faults = IllFormedText(line.bytes)
    guard let first = faults.firstByte else { return nil }
    let byte = String(line.bytes[first], radix: 16, uppercase: true)
    let isOfColumns = ArrowFile.endings.contains { path.lowercased().hasSuffix("." + $0) }
    return AnnealError(
      .data, "the line is not UTF-8: byte 0x\(byte) at byte \(first + 1) of it", at: place,
      remedy: isOfColumns
        ? "Write the text of its columns as UTF-8, or leave the row out."
        : "Convert the file: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW")
  }

  private func textRows(_ lines: inout LineReader, _ body: (RowEvent) throws -> Void) throws {
    var documents = TextDocuments()
    var index = 0
    func emit(_ document: TextDocuments.Document?) throws {
      guard let document else { return }
      try body(
        .row(
          Row(
            index: index, file: path, line: document.line,
            fields: ["text": .string(document.text)])))
      index += 1
    }
    while let line = try lines.next() {
      if let fault = fault(of: line) {
        guard !line.isTooLong else {
          try body(.bad(BadRow(fault, text: line.bytes)))
          continue
        }
        var told = fault
        told.message += "; what is wrong in it is read as U+FFFD"
        try body(.note(told))
      }
      try emit(documents.add(line))
    }
    try emit(documents.end())
  }

  private func lineRows(_ lines: inout LineReader, _ body: (RowEvent) throws -> Void) throws {
    var index = 0
    while let line = try lines.next() {
      guard !line.isBlank else { continue }
      if let fault = fault(of: line) {
        try body(.bad(BadRow(fault, text: line.bytes)))
        continue
      }
      let text = String(decoding: line.bytes, as: UTF8.self)
      try body(
        .row(Row(index: index, file: path, line: line.number, fields: ["text": .string(text)])))
      index += 1
    }
  }

  /// A row of the object `value`, or of a list of messages, which is one of a conversation.
  func row(_ value: JSON, index: Int, line: Int) throws -> Row {
    if let field = Turns.field(ofList: value) {
      return Row(index: index, file: path, line: line, fields: JSON(members: [(field, value)]))
    }
    guard value.object != nil else {
      throw AnnealError(
        .data, "the row is \(value.kind); an object with fields is expected",
        at: .init(file: path, line: line))
    }
    return Row(index: index, file: path, line: line, fields: value)
  }
}

public import AnnealFiles

/// Reads the rows of a data file: JSON, JSON lines, CSV, TSV or plain text.
///
/// A byte-order mark is dropped, `\r\n` ends a line as `\n` does, and ill-formed UTF-8 is read as
/// U+FFFD and told as a problem.
public struct RowReader: Sendable {
  /// The file's path.
  public let path: String
  /// How the file is written; nil to detect it.
  public let kind: FileKind?

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

  /// All rows of the file.
  ///
  /// - Throws: `AnnealError` with file and line of the first row that cannot be read, and when the
  ///   file is empty.
  public func rows() throws -> [Row] {
    let contents = try read { throw $0 }
    guard !contents.rows.isEmpty else {
      throw AnnealError(.data, "the file holds no rows", at: .init(file: path))
    }
    return contents.rows
  }

  /// The rows that can be read and the problems of the rest.
  ///
  /// - Throws: `AnnealError` only when the file itself cannot be read.
  public func contents() throws -> Contents {
    var broken: [AnnealError] = []
    var contents = try contents { broken.append($0) }
    contents.problems = broken + contents.problems
    return contents
  }

  /// The rows that can be read; `report` is called with each of the rest.
  func contents(report: (AnnealError) -> Void) throws -> Contents { try read(report: report) }

  /// - Parameter report: called with a row that cannot be read; when it returns, reading goes on as
  ///   far as that is possible.
  private func read(report: (AnnealError) throws -> Void) throws -> Contents {
    let file = try MappedFile(path: path)
    return try withExtendedLifetime(file) {
      let bytes = file.bytes.bindMemory(to: UInt8.self)
      guard !bytes.withoutMark.isEmpty else {
        throw AnnealError(.data, "the file is empty", at: .init(file: path))
      }
      let kind = try kind ?? .detected(bytes, path: path)
      var contents = Contents(kind: kind, rows: [], problems: invalidText(bytes))
      let text = bytes.withoutMark
      switch kind {
      case .json: contents.rows = try jsonRows(text, report)
      case .jsonl: contents.rows = try jsonLineRows(text, report)
      case .csv, .tsv: contents.rows = try tableRows(text, kind, report)
      case .text: contents.rows = textRows(text)
      }
      return contents
    }
  }

  /// The lines that are not UTF-8, each once.
  private func invalidText(_ bytes: UnsafeBufferPointer<UInt8>) -> [AnnealError] {
    guard String(validating: bytes, as: UTF8.self) == nil else { return [] }
    var problems: [AnnealError] = []
    var lines = Lines(bytes)
    while let line = lines.next() {
      guard String(validating: line.bytes, as: UTF8.self) == nil else { continue }
      problems.append(
        AnnealError(
          .data, "the line is not UTF-8; what is wrong in it is read as U+FFFD",
          at: .init(file: path, line: line.number)))
    }
    return problems
  }

  private func jsonLineRows(
    _ bytes: UnsafeBufferPointer<UInt8>, _ report: (AnnealError) throws -> Void
  ) throws -> [Row] {
    var rows: [Row] = []
    var lines = Lines(bytes)
    while let line = lines.next() {
      guard line.bytes.firstVisible != nil else { continue }
      do {
        let value = try JSON(parsing: line.bytes, file: path, firstLine: line.number)
        rows.append(try row(value, index: rows.count, line: line.number))
      } catch let error as AnnealError {
        try report(error)
      }
    }
    return rows
  }

  private func textRows(_ bytes: UnsafeBufferPointer<UInt8>) -> [Row] {
    TextDocuments(bytes).documents.enumerated().map { index, document in
      Row(
        index: index, file: path, line: document.line, fields: ["text": .string(document.text)])
    }
  }

  /// A row of the object `value`.
  func row(_ value: JSON, index: Int, line: Int) throws -> Row {
    guard value.object != nil else {
      throw AnnealError(
        .data, "the row is \(value.kind); an object with fields is expected",
        at: .init(file: path, line: line))
    }
    return Row(index: index, file: path, line: line, fields: value)
  }
}

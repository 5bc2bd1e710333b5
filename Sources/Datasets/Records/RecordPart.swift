/// Some rows of a file, whose records any thread can read.
struct RecordPart: Sendable {
  /// The rows.
  let rows: RowPart
  /// Reads the rows.
  let rowReader: RowReader
  /// Reads the records.
  let reader: RecordReader
  /// The format of the file's rows.
  let format: (any DatasetFormat.Type)?
  /// How columns become fields.
  let mapping: RowMapping

  /// Calls `body` with what the rows say.
  func forEach(_ body: (RecordReader.Event) throws -> Void) throws {
    try rowReader.forEach(in: rows) { event in
      switch event {
      case .row(let row): try body(reader.event(of: row, format, mapping))
      case .bad(let row): try body(.bad(row))
      case .note(let note): try body(.note(note))
      }
    }
  }
}

extension RecordReader {
  /// Calls `body` with the rows of `file` in parts.
  ///
  /// The format is found by the first rows, as `forEach` does.
  ///
  /// - Throws: what `body` throws, and `AnnealError` when the file cannot be read or is of no known
  ///   format.
  func forEachPart(
    of file: String, _ source: RowSource, _ body: (RecordPart) throws -> Void
  ) throws {
    var beginning = try beginning(of: file, source)
    let rowReader = RowReader(path: file, kind: beginning.format?.kind)
    var held: [RowPart] = []
    var rows = 0
    func pass(_ part: RowPart) throws {
      try body(
        RecordPart(
          rows: part, rowReader: rowReader, reader: self, format: beginning.format,
          mapping: source.mapping))
    }
    func decide() throws {
      try beginning.decide(source.mapping, registry, nil)
      try held.forEach(pass)
      held = []
    }
    try rowReader.forEachPart { part in
      rows += part.rows
      if beginning.isDecided { return try pass(part) }
      held.append(part)
      var isEnough = false
      try rowReader.forEach(in: part) { event in
        if !isEnough { isEnough = beginning.hold(event) }
      }
      beginning.dropEvents()
      if isEnough { try decide() }
    }
    if !beginning.isDecided { try decide() }
    guard rows > 0 else { throw rowReader.noRows }
  }
}

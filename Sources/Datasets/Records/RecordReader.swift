public import AnnealFiles

/// Reads the records of a source, row by row.
public struct RecordReader: Sendable {
  /// What reading comes upon.
  public enum Event: Sendable {
    /// What a row says, usually one record.
    case records([Record], Row)
    /// A row that cannot be used.
    case bad(BadRow)
    /// Something that a reader should know of a row that is read all the same.
    case note(AnnealError)
  }

  /// The source.
  public let source: RowSource
  let registry: FormatRegistry

  /// A reader of `source`.
  public init(_ source: RowSource, registry: FormatRegistry = .builtin) {
    self.source = source
    self.registry = registry
  }

  /// Calls `body` with what the rows of all files say, in turn.
  ///
  /// Each file's format is found by its first rows, unless the source names it.
  ///
  /// - Throws: what `body` throws, and `AnnealError` when a file cannot be read or is of no known
  ///   format.
  public func forEach(_ body: (Event) throws -> Void) throws {
    let source = try source.lookedUp()
    for file in try source.files() { try read(file, source, body) }
  }

  /// The first record that the rows say; nil when none of them can be used.
  ///
  /// Where a format or a mapping does not fit, this finds it without reading on.
  ///
  /// - Throws: `AnnealError` when a file cannot be read or is of no known format.
  public func firstRecord() throws -> Record? {
    var first: Record?
    try EnoughRows.reading {
      try forEach { event in
        guard case .records(let records, _) = event, let record = records.first else { return }
        first = record
        throw EnoughRows()
      }
    }
    return first
  }

  /// Reads one file of `source`.
  ///
  /// - Parameter unknown: called when the rows are of no known format; they are then handed on without
  ///   records. By default, that is a failure.
  /// - Returns: how the file is written, and the format of its rows.
  @discardableResult
  func read(
    _ file: String, _ source: RowSource, unknown: ((AnnealError) -> Void)? = nil,
    _ body: (Event) throws -> Void
  ) throws -> (kind: FileKind, format: (any DatasetFormat.Type)?) {
    var beginning = try beginning(of: file, source)
    let reader = RowReader(path: file, kind: beginning.format?.kind)
    var rows = 0
    func decide() throws {
      try beginning.decide(source.mapping, registry, unknown)
      for event in beginning.takeHeld() { try pass(event) }
    }
    func pass(_ event: RowEvent) throws {
      switch event {
      case .row(let row): try body(self.event(of: row, beginning.format, source.mapping))
      case .bad(let row): try body(.bad(row))
      case .note(let note): try body(.note(note))
      }
    }
    let kind = try reader.forEach { event in
      if case .note = event {} else { rows += 1 }
      if beginning.isDecided { return try pass(event) }
      if beginning.hold(event) { try decide() }
    }
    if !beginning.isDecided { try decide() }
    guard rows > 0 else { throw reader.noRows }
    return (kind, beginning.format)
  }

  /// What decides on the format of `file`.
  func beginning(of file: String, _ source: RowSource) throws -> Beginning {
    Beginning(format: try source.format.map { try registry.format(named: $0) }, file: file)
  }

  /// What `row` says in `format`.
  func event(
    of row: Row, _ format: (any DatasetFormat.Type)?, _ mapping: RowMapping
  ) -> Event {
    guard let format else { return .records([], row) }
    do {
      let mapped = try mapping.applied(to: row)
      return .records(try format.records(from: mapped), mapped)
    } catch {
      return .bad(BadRow(error, in: row, of: format))
    }
  }
}

/// The first rows of a file, held until its format is found.
struct Beginning {
  private(set) var format: (any DatasetFormat.Type)?
  private(set) var isDecided = false
  private let file: String
  private var held: [RowEvent] = []
  private var rows: [Row] = []

  init(format: (any DatasetFormat.Type)?, file: String) {
    (self.format, self.file) = (format, file)
  }

  /// Holds `event`; whether there are rows enough to decide.
  mutating func hold(_ event: RowEvent) -> Bool {
    held.append(event)
    if case .row(let row) = event { rows.append(row) }
    return rows.count == FormatRegistry.rowsLookedAt
  }

  mutating func decide(
    _ mapping: RowMapping, _ registry: FormatRegistry, _ unknown: ((AnnealError) -> Void)?
  ) throws {
    isDecided = true
    guard !rows.isEmpty else { return }
    try mapping.check(rows, file: file)
    if format == nil {
      let mapped = rows.compactMap { try? mapping.applied(to: $0) }
      do {
        format = try registry.format(ofMost: mapped.isEmpty ? rows : mapped)
      } catch let error as AnnealError {
        guard let unknown else { throw error }
        unknown(error)
      }
    }
    if let format { try mapping.check(format) }
  }

  /// Forgets the events, which are held elsewhere, and keeps the rows to decide by.
  mutating func dropEvents() { held = [] }

  /// What was held, in its order.
  mutating func takeHeld() -> [RowEvent] {
    defer { (held, rows) = ([], []) }
    return held
  }
}

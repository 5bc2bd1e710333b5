internal import AnnealFiles

/// Rows that lie on the disk: memory holds a few numbers of each.
///
/// They are written to a file without a name and read through a mapping, by any thread, as often as
/// it takes.
public final class RowSpool: Sendable {
  /// Where a row came from, and where it lies.
  struct Entry: Sendable {
    /// Its number among all rows that were read.
    var number: Int
    /// Its number in its file, its line there, and the file's number.
    var index: Int
    var line: Int
    var source: Int32
    var sharesLine: Bool
    /// The block, and the bytes in it.
    var block: Int32 = 0
    var bytes: Range<UInt32> = 0..<0

    /// Where `row`, the one with `number`, came from.
    init(of row: Row, number: Int, source: Int = 0) {
      (self.number, index, line) = (number, row.index, row.line)
      (self.source, sharesLine) = (Int32(clamping: source), row.sharesLine)
    }
  }

  /// A file that rows came from.
  struct Source: Sendable {
    var path: String
    var format: (any DatasetFormat.Type)?
    var columns: [String: String] = [:]
  }

  let entries: [Entry]
  let sources: [Source]
  // Mapped once and only read; so sharing is safe.
  private nonisolated(unsafe) let blocks: [MappedRange]

  fileprivate init(_ entries: [Entry], _ sources: [Source], _ blocks: [MappedRange]) {
    (self.entries, self.sources, self.blocks) = (entries, sources, blocks)
  }

  /// How many rows there are.
  public var count: Int { entries.count }

  /// The row at `index`.
  public func row(_ index: Int) throws -> CleaningRow {
    let entry = entries[index]
    let source = sources[Int(entry.source)]
    var row = Row(
      index: entry.index, file: source.path, line: entry.line, fields: try fields(index))
    row.sharesLine = entry.sharesLine
    row.columns = source.columns
    return CleaningRow(row: row, number: entry.number, format: source.format)
  }

  /// The fields of the row at `index`.
  func fields(_ index: Int) throws -> JSON {
    try JSON(parsing: bytes(index), file: "scratch")
  }

  /// The row at `index` as JSON.
  func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let entry = entries[index]
    let block = blocks[Int(entry.block)].bytes
    return UnsafeBufferPointer(
      rebasing: block.bindMemory(to: UInt8.self)[
        Int(entry.bytes.lowerBound)..<Int(entry.bytes.upperBound)])
  }

  /// The place of the row at `index` in its file.
  func place(_ index: Int) -> AnnealError.Place {
    let entry = entries[index]
    var row = Row(
      index: entry.index, file: sources[Int(entry.source)].path, line: entry.line, fields: .null)
    row.sharesLine = entry.sharesLine
    return row.place()
  }

  /// Where the row at `index` stands, with its number in side files and how alike it is.
  func reference(to index: Int, similarity: Double) -> String {
    let rounded = (similarity * 10_000).rounded() / 10_000
    let number = entries[index].number + ChangeLog.firstRow
    return "\(place(index)), row \(number), similarity \(rounded)"
  }

  /// Writes rows one after another.
  struct Writer {
    private let file: ScratchFile
    private var blocks: [MappedRange] = []
    private var entries: [Entry] = []
    private var buffer: [UInt8] = []
    var sources: [Source]

    /// Rows in a file of `folder`.
    init(in folder: String, sources: [Source] = []) throws {
      file = try ScratchFile(in: folder)
      self.sources = sources
    }

    /// Adds a row that says `fields`.
    mutating func add(_ fields: JSON, like entry: Entry) throws {
      try add(entry) { $0.append(contentsOf: fields.text(.spaced).utf8) }
    }

    /// Adds a row that is JSON already.
    mutating func add(_ json: UnsafeBufferPointer<UInt8>, like entry: Entry) throws {
      try add(entry) { $0.append(contentsOf: json) }
    }

    private mutating func add(_ entry: Entry, _ body: (inout [UInt8]) -> Void) throws {
      let start = buffer.count
      body(&buffer)
      var entry = entry
      entry.block = Int32(clamping: blocks.count)
      entry.bytes = UInt32(clamping: start)..<UInt32(clamping: buffer.count)
      entries.append(entry)
      // A row has 64 MiB at most, and as JSON six times that.
      if buffer.count >= 8 << 20 { try flush() }
    }

    private mutating func flush() throws {
      guard !buffer.isEmpty else { return }
      let range = try buffer.withUnsafeBytes { try file.append($0) }
      blocks.append(try file.map(range))
      buffer.removeAll(keepingCapacity: true)
    }

    /// The rows.
    mutating func finish() throws -> RowSpool {
      try flush()
      return RowSpool(entries, sources, blocks)
    }
  }
}

extension RowSpool {
  /// The rows of `inputs`; those that cannot be used go to `bad`.
  ///
  /// Rows that are of no known format are taken all the same.
  ///
  /// - Parameter folder: where the rows are held while they are worked on.
  /// - Throws: what `bad` throws, and `AnnealError` when a file cannot be read.
  public static func reading(
    _ inputs: [RowSource], registry: FormatRegistry = .builtin, in folder: String, bad: BadRows
  ) throws -> RowSpool {
    var writer = try Writer(in: folder)
    var number = 0
    for input in inputs {
      let input = try input.lookedUp()
      for file in try input.files() {
        let source = writer.sources.count
        writer.sources.append(Source(path: file))
        let found = try RecordReader(input, registry: registry).read(
          file, input, unknown: { _ in },
          { event in
            switch event {
            case .records(_, let row):
              if !row.columns.isEmpty { writer.sources[source].columns = row.columns }
              try writer.add(
                row.fields, like: Entry(of: row, number: number, source: source))
              number += 1
            case .bad(let row): try bad.take(row)
            case .note: break
            }
          })
        writer.sources[source].format = found.format
      }
    }
    return try writer.finish()
  }

  /// The lines of the JSON lines file at `path`, whatever they say.
  static func lines(of path: String, in folder: String, isEmpty: Bool) throws -> RowSpool {
    var writer = try Writer(in: folder, sources: [.init(path: path)])
    guard !isEmpty else { return try writer.finish() }
    var number = 0
    try RowReader(path: path, kind: .jsonl).forEach { event in
      switch event {
      case .row(let row):
        try writer.add(row.fields, like: Entry(of: row, number: number))
        number += 1
      case .bad(let row): throw row.error
      case .note: break
      }
    }
    return try writer.finish()
  }

  /// Refuses rows of several formats: a file with all of them could not be read.
  func checkIsOfOneFormat() throws {
    let known = sources.compactMap { source in source.format.map { (source.path, $0.name) } }
    guard let (first, format) = known.first,
      let (other, another) = known.first(where: { $0.1 != format })
    else { return }
    throw AnnealError(
      .data,
      "\(first) is of the format \(format), and this one of \(another): one file cannot "
        + "hold both", at: .init(file: other),
      remedy: "Clean each by itself; a recipe can train on several files of different formats.")
  }
}

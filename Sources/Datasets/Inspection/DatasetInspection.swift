public import AnnealFiles
internal import OrderedCollections

/// What a data file holds and what is wrong with it, without stopping at the first fault.
public struct DatasetInspection: Sendable {
  /// The file's path.
  public let path: String
  /// How the file is written.
  public let kind: FileKind
  /// The name of the format; nil when none fits.
  public private(set) var format: String?
  /// Rows that could be read.
  public let rows: Int
  /// The fields in the order they first appear.
  public private(set) var fields: [FieldSummary] = []
  /// Fields that the format does not read.
  public private(set) var unread: [String] = []
  /// Rows that say the same as an earlier one.
  public let duplicates: Int
  /// Rows that are no record of the format, lines that cannot be read, bytes that are not UTF-8, and
  /// rows that the encoder refused.
  public var problems: [AnnealError] { faults + (preparation?.refusals ?? []) }
  /// The first few rows.
  public let samples: [Row]
  /// The rows that are records.
  public private(set) var records: Dataset<Record>
  /// What an encoder made of the rows, when one was given.
  public var preparation: PreparationReport?

  private var faults: [AnnealError]

  private static let shown = 10

  /// Inspects the file at `path`.
  ///
  /// - Parameter format: the format's name; nil to detect it by the first row.
  /// - Throws: `AnnealError` only when the file itself cannot be read, or there is no such format.
  public init(
    path: String, format name: String? = nil, registry: FormatRegistry = .builtin
  ) throws {
    self.path = path
    let contents = try RowReader(path: path).contents()
    (kind, rows, faults) = (contents.kind, contents.rows.count, contents.problems)
    samples = Array(contents.rows.prefix(3))
    let rows = Dataset<Row>(rows: contents.rows)
    duplicates = rows.count - Set(rows.fingerprints).count
    records = Dataset([])
    fields = Self.fields(of: rows)
    var chosen = try name.map { try registry.format(named: $0) }
    if chosen == nil, let first = rows.first {
      do { chosen = try registry.format(of: first) } catch let error as AnnealError {
        faults.append(error)
      }
    }
    format = chosen?.name
    guard let chosen else { return }
    readRecords(rows, as: chosen)
  }

  private mutating func readRecords(_ rows: Dataset<Row>, as format: any DatasetFormat.Type) {
    var kept: [Int] = []
    var read: [Record] = []
    var unread: OrderedSet<String> = []
    for (index, row) in rows.enumerated() {
      unread.formUnion(format.unread(in: row))
      do {
        read.append(try format.record(from: row))
        kept.append(index)
      } catch let error as AnnealError {
        faults.append(error)
      } catch {
        faults.append(AnnealError(.data, "\(error)", at: row.place()))
      }
    }
    self.unread = Array(unread)
    var next = read.makeIterator()
    records = rows.selecting(kept).map { _ in next.next() ?? .text("") }
  }

  private static func fields(of rows: Dataset<Row>) -> [FieldSummary] {
    var fields: OrderedDictionary<String, FieldSummary> = [:]
    for row in rows {
      for (name, value) in row.fields.object ?? [:] {
        fields[name, default: FieldSummary(name: name)].add(value)
      }
    }
    return Array(fields.values)
  }
}

extension DatasetInspection: CustomStringConvertible {
  /// The inspection for a terminal.
  public var description: String {
    let problems = problems
    var lines = [
      "\(path)",
      "  \(kind.rawValue), format \(format ?? "unknown"), \(grouped(rows)) rows, "
        + "\(grouped(duplicates)) duplicates, \(grouped(problems.count)) problems",
    ]
    let widest = fields.map(\.name.count).max() ?? 0
    for field in fields {
      let space = String(repeating: " ", count: widest - field.name.count)
      var line = "  \(field.name)\(space)  \(percent(field.filled, of: rows)) filled, "
      line += field.kindsInOrder.joined(separator: " or ")
      if let mean = field.meanLength {
        line += ", \(grouped(Int(mean.rounded()))) characters, at most \(grouped(field.longest))"
      }
      if unread.contains(field.name) { line += " (not read)" }
      lines.append(line)
    }
    for problem in problems.prefix(Self.shown) {
      lines.append("  ! " + "\(problem)".split(separator: "\n").joined(separator: "\n    "))
    }
    if problems.count > Self.shown {
      lines.append("  … and \(grouped(problems.count - Self.shown)) more problems")
    }
    if let preparation { lines += ["", "\(preparation)"] }
    return lines.joined(separator: "\n")
  }

  /// The inspection as JSON.
  public var json: JSON {
    [
      "file": .string(path), "kind": .string(kind.rawValue),
      "format": format.map { .string($0) } ?? .null, "rows": .integer(rows),
      "fields": .array(fields.map { $0.json(rows: rows) }),
      "unread_fields": .array(unread.map { .string($0) }), "duplicates": .integer(duplicates),
      "problems": .array(
        problems.map { problem in
          [
            "at": .string(problem.place?.description ?? path),
            "message": .string(problem.message),
          ]
        }),
      "samples": .array(samples.map(\.fields)),
      "preparation": preparation?.json ?? .null,
    ]
  }
}

public import AnnealFiles
public import OrderedCollections

/// What a data file holds and what is wrong with it, without stopping at the first fault.
public struct DatasetInspection: Sendable {
  /// The file's path.
  public let path: String
  /// How the file is written.
  public let kind: FileKind
  /// The name of the format; nil when none fits.
  public let format: String?
  /// Rows that could be read.
  public private(set) var rows = 0
  /// Rows that are records of the format.
  public private(set) var usable = 0
  /// The fields in the order they first appear.
  public private(set) var fields: [FieldSummary] = []
  /// Fields that the format does not read.
  public private(set) var unread: [String] = []
  /// Rows that say the same as an earlier one.
  public private(set) var duplicates = 0
  /// The first rows that are no record of the format, lines that cannot be read, bytes that are not
  /// UTF-8, and rows that the encoder refused.
  public var problems: [AnnealError] { faults + (preparation?.refusals ?? []) }
  /// How many problems there are.
  public var problemCount: Int { faultCount + (preparation?.refusals.count ?? 0) }
  /// Rows by their class, the most frequent first; empty unless the format is for classification.
  public private(set) var labels: OrderedDictionary<String, Int> = [:]
  /// The first few rows.
  public private(set) var samples: [Row] = []
  /// The rows that are records, when they are kept.
  public private(set) var records = Dataset<Record>([])
  /// What an encoder made of the rows, when one was given.
  public var preparation: PreparationReport?

  private var faults: [AnnealError] = []
  private var faultCount = 0

  private static let shown = 10
  /// How many problems are kept; more are only counted.
  private static let kept = 10_000

  /// Inspects the file at `path`.
  ///
  /// - Parameters:
  ///   - format: the format's name; nil to detect it by the first rows.
  ///   - mapping: how columns become fields.
  ///   - keepsRecords: whether `records` is filled; without it, memory grows with the number of rows
  ///     only by their fingerprints.
  /// - Throws: `AnnealError` only when the file itself cannot be read, or there is no such format.
  public init(
    path: String, format name: String? = nil, mapping: RowMapping = RowMapping(),
    registry: FormatRegistry = .builtin, keepsRecords: Bool = true
  ) throws {
    let source = try RowSource(path: path, format: name, mapping: mapping).lookedUp()
    let reader = RecordReader(source, registry: registry)
    self.path = source.path
    var summary = Summary()
    var unknown: AnnealError?
    let found = try reader.read(
      source.path, source, unknown: { unknown = $0 },
      { event in
        summary.add(event)
        guard case .records(let records, let row) = event, keepsRecords else { return }
        summary.keep(records, of: row)
      })
    (kind, format) = (found.kind, found.format?.name)
    if let unknown { summary.tell(unknown) }
    (rows, usable) = (summary.rows, summary.usable)
    (duplicates, samples) = (summary.duplicates, summary.samples)
    (faults, faultCount) = (summary.faults, summary.faultCount)
    (fields, records) = (Array(summary.fields.values), summary.records)
    if let format = found.format {
      let known = Set(format.fields.flatMap(\.names))
      unread = fields.map(\.name).filter { !known.contains($0) }
      let isClassified = format == Classification.self
      let counts = isClassified ? summary.labels.sorted { $0.value > $1.value } : []
      labels = OrderedDictionary(uniqueKeysWithValues: counts.map { ($0.key, $0.value) })
    }
  }

  /// What is gathered row by row.
  private struct Summary {
    var rows = 0
    var usable = 0
    var fields: OrderedDictionary<String, FieldSummary> = [:]
    var labels: OrderedDictionary<String, Int> = [:]
    var samples: [Row] = []
    var faults: [AnnealError] = []
    var faultCount = 0
    var records = Dataset<Record>([])
    private var seen: Set<UInt64> = []

    var duplicates: Int { rows - seen.count }

    mutating func add(_ event: RecordReader.Event) {
      switch event {
      case .records(let records, let row):
        count(row.fields)
        if !records.isEmpty { usable += 1 }
        if samples.count < 3 { samples.append(row) }
        if let label = try? Classification.label(of: row) { labels[label, default: 0] += 1 }
      case .bad(let row):
        // What could be read as fields is a row all the same, of another format.
        if row.content.object != nil { count(row.content) }
        tell(row.error)
      case .note(let error): tell(error)
      }
    }

    mutating func keep(_ records: [Record], of row: Row) {
      self.records.append(
        records, at: row.place(), fingerprint: Fingerprint.of(row.fields.text()))
    }

    mutating func tell(_ error: AnnealError) {
      faultCount += 1
      if faults.count < DatasetInspection.kept { faults.append(error) }
    }

    private mutating func count(_ row: JSON) {
      rows += 1
      seen.insert(Fingerprint.of(row.text()))
      for (name, value) in row.object ?? [:] {
        fields[name, default: FieldSummary(name: name)].add(value)
      }
    }
  }
}

extension DatasetInspection: CustomStringConvertible {
  /// The inspection for a terminal.
  public var description: String {
    let problems = problems
    var lines = [
      "\(path)",
      "  \(kind.rawValue), format \(format ?? "unknown"), \(grouped(rows)) rows, "
        + "\(grouped(duplicates)) exact duplicates, \(grouped(problemCount)) problems",
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
    if let balance { lines.append("  " + balance) }
    for problem in problems.prefix(Self.shown) {
      lines.append("  ! " + "\(problem)".split(separator: "\n").joined(separator: "\n    "))
    }
    if problemCount > Self.shown {
      lines.append("  … and \(grouped(problemCount - Self.shown)) more problems")
    }
    if let preparation { lines += ["", "\(preparation)"] }
    return lines.joined(separator: "\n")
  }

  /// How evenly the rows are spread over their classes; nil without classes.
  private var balance: String? {
    guard let most = labels.elements.first, let least = labels.elements.last else { return nil }
    let names = labels.prefix(Self.shown).map { "\($0.key) \(grouped($0.value))" }
    return "labels \(grouped(labels.count)): \(names.joined(separator: ", "))"
      + (labels.count > Self.shown ? ", …, \(least.key) \(grouped(least.value))" : "")
      + "; the most frequent has \(percent(most.value, of: rows)) of the rows"
  }

  /// The inspection as JSON.
  public var json: JSON {
    [
      "file": .string(path), "kind": .string(kind.rawValue),
      "format": format.map { .string($0) } ?? .null, "rows": .integer(rows),
      "usable": .integer(usable), "fields": .array(fields.map { $0.json(rows: rows) }),
      "unread_fields": .array(unread.map { .string($0) }), "duplicates": .integer(duplicates),
      "labels": .object(labels.mapValues { .integer($0) }),
      "problem_count": .integer(problemCount),
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

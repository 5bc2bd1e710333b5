public import AnnealFiles
public import OrderedCollections

/// What a data file holds and what is wrong with it, without stopping at the first fault.
public struct DatasetInspection: Sendable {
  /// The file's path.
  public let path: String
  /// How the file is written; nil when it could not be read.
  public let kind: FileKind?
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
  /// What is to be said of rows that can be used all the same.
  public private(set) var remarks: [RowRemark] = []
  /// The first few rows.
  public private(set) var samples: [Row] = []
  /// The rows that are records, when they are kept.
  public private(set) var records = Dataset<Record>([])
  /// What an encoder made of the rows, when one was given.
  public var preparation: PreparationReport?

  /// A hash of what each row says, for rows that several files share.
  private(set) var prints: Set<UInt64> = []

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
    var summary = Summary(source.mapping.constants)
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
    (remarks, prints) = (summary.remarks.values.sorted { $0.rows > $1.rows }, summary.seen)
    if let format = found.format {
      let known = Set(format.fields.flatMap(\.names))
      unread = fields.map(\.name).filter { !known.contains($0) }
      let isClassified = format.isClassified
      let counts = isClassified ? summary.labels.sorted { $0.value > $1.value } : []
      labels = OrderedDictionary(uniqueKeysWithValues: counts.map { ($0.key, $0.value) })
    }
  }

  /// The inspection of a file that cannot be read at all, as `error` says.
  public init(unreadable path: String, _ error: AnnealError) {
    (self.path, kind, format) = (path, nil, nil)
    (faults, faultCount) = ([error], 1)
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
    var remarks: OrderedDictionary<RowRemark.Kind, RowRemark> = [:]
    private(set) var seen: Set<UInt64> = []
    /// What a mapping gives every row, which is none of the file's fields.
    private let constants: OrderedDictionary<String, JSON>

    init(_ constants: OrderedDictionary<String, JSON>) { self.constants = constants }

    var duplicates: Int { rows - seen.count }

    mutating func add(_ event: RecordReader.Event) {
      switch event {
      case .records(let records, let row):
        count(row.fields)
        if !records.isEmpty { usable += 1 }
        for kind in records.reduce(into: Set<RowRemark.Kind>(), { $0.formUnion($1.remarks) }) {
          remarks[kind, default: RowRemark(kind)].add(row.place())
        }
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
      for (name, value) in row.object ?? [:] where constants[name] != value {
        fields[name, default: FieldSummary(name: name)].add(value)
      }
    }
  }
}

extension DatasetInspection: CustomStringConvertible {
  /// The inspection for a terminal.
  ///
  /// The file's folders stand in the first line alone.
  public var description: String {
    var lines = [path, headline] + fieldLines
    if let balance { lines.append("  " + balance) }
    lines += remarks.map { remark in
      let places = remark.places.map { named($0).description }.joined(separator: ", ")
      return "  ~ \(grouped(remark.rows, of: "row")): \(remark.kind.rawValue) (\(places)"
        + (remark.rows > remark.places.count ? ", …)" : ")")
    }
    lines += problemLines
    if let preparation {
      let report = preparation.portable { $0 == path ? Folder.name(of: path) : $0 }
      lines += ["", "\(report)"]
    }
    return lines.joined(separator: "\n")
  }

  private var headline: String {
    guard let kind else { return "  the file cannot be read" }
    return "  \(kind.rawValue), format \(format ?? "unknown"), \(grouped(rows, of: "row")), "
      + "\(grouped(duplicates, of: "exact duplicate")), \(grouped(problemCount, of: "problem"))"
  }

  private var fieldLines: [String] {
    let widest = fields.map(\.name.count).max() ?? 0
    return fields.map { field in
      let space = String(repeating: " ", count: widest - field.name.count)
      var line = "  \(field.name)\(space)  \(percent(field.filled, of: rows)) filled, "
      line += field.kindsInOrder.joined(separator: " or ")
      if let mean = field.meanLength {
        line +=
          ", \(grouped(Int(mean.rounded()), of: "character")), at most "
          + grouped(field.longest)
      }
      if unread.contains(field.name) { line += " (not read)" }
      return line
    }
  }

  private var problemLines: [String] {
    let lines = problems.prefix(Self.shown).map { problem in
      var problem = problem
      problem.place = problem.place.map(named)
      return "  ! " + "\(problem)".split(separator: "\n").joined(separator: "\n    ")
    }
    let more = problemCount - lines.count
    return lines + (more > 0 ? ["  … and \(grouped(more, of: "more problem"))"] : [])
  }

  /// `place` without the folders of this file.
  private func named(_ place: AnnealError.Place) -> AnnealError.Place {
    var place = place
    if place.file == path { place.file = Folder.name(of: path) }
    return place
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
      "file": .string(path), "kind": kind.map { .string($0.rawValue) } ?? .null,
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
      "remarks": .array(remarks.map(\.json)), "samples": .array(samples.map(\.fields)),
      "preparation": preparation?.json ?? .null,
    ]
  }
}

public import AnnealFiles
internal import AnnealText
internal import OrderedCollections

/// Cleaned rows in parts for training, validation and test.
public struct PreparedSplit: Sendable {
  /// How rows are divided.
  public struct Settings: Sendable, Hashable {
    /// The share of rows to validate with, 0…1.
    public var validation: Double
    /// The share of rows to test with, 0…1.
    public var test: Double
    /// A field whose equal values stay on one side, such as a customer's number.
    public var groupBy: String?
    /// Another seed gives another split.
    public var seed: UInt64
    /// A field, such as a label, whose values are spread over the parts by the same shares.
    public var stratifyBy: String?
    /// A field with a time: the latest rows are tested with, those before them validated with.
    public var timeBy: String?
    /// Whether a row's part is a function of its group alone, so that adding rows moves no other; the
    /// shares are then kept about, and not exactly.
    public var isStable = false
    /// What rows are nearly the same, to keep them on one side; nil to let them part.
    public var together: NearDuplicates.Settings?
    /// Whether rows that teach nothing or repeat an earlier one are left out.
    public var cleans = true
    /// What is done about rows that parts share; nil to look for none.
    public var onLeak: LeakPolicy?
    /// Files of benchmarks, whose items must not be learned.
    public var benchmarks: [String] = []
    /// Words of a run that a row and an item of a benchmark must not share.
    public var runLength = 13

    /// Settings.
    public init(
      validation: Double = 0.1, test: Double = 0, groupBy: String? = nil, seed: UInt64 = 17
    ) {
      self.validation = validation
      self.test = test
      self.groupBy = groupBy
      self.seed = seed
    }
  }

  /// The rows to train on.
  public let train: Dataset<Row>
  /// The rows to validate with.
  public let validation: Dataset<Row>
  /// The rows to test with.
  public let test: Dataset<Row>
  /// Rows read, before cleaning.
  public let rows: Int
  /// Rows that repeat one of another part, or of a benchmark.
  public let leaks: [Leak]
  /// What was done about them; nil when none were looked for.
  public let policy: LeakPolicy?
  /// What was looked for in benchmarks; nil when none were given.
  public let benchmarks: BenchmarkSearch?
  /// Parts that a share was asked for, and that no row fell to.
  public let emptyParts: [String]
  /// How the rows were divided: as asked, or by exact shares where a part would have been empty.
  public let settings: Settings
  /// Why shares are kept exactly though that was not asked for; nil when they are as asked.
  public let exactness: String?
  /// What groups did to a split by time; nil for others.
  public let crossings: TimeCrossings?
  /// Rows left out, by reason, with the first few places.
  public let dropped: OrderedDropped

  /// Rows left out: reason, how many, and where the first few stand.
  public typealias OrderedDropped = [(reason: String, count: Int, places: [AnnealError.Place])]

  /// Cleans and divides the rows of `files`; those that cannot be used are left out and counted.
  public init(
    files: [String], format: String? = nil, settings: Settings,
    registry: FormatRegistry = .builtin
  ) throws {
    try self.init(
      files.map { RowSource(path: $0, format: format) }, settings: settings, registry: registry,
      bad: BadRows(.skip))
  }

  /// Cleans and divides the rows of `sources`: rows that teach nothing, or that repeat an earlier one,
  /// are left out and counted; rows that cannot be read, or are no record of their format, go to
  /// `bad`.
  public init(
    _ sources: [RowSource], settings: Settings, registry: FormatRegistry = .builtin, bad: BadRows
  ) throws {
    guard settings.validation >= 0, settings.test >= 0, settings.validation + settings.test < 1
    else {
      throw AnnealError(
        .usage, "the shares of validation and test should be at least 0, and below 1 together")
    }
    guard settings.stratifyBy == nil || settings.timeBy == nil else {
      throw AnnealError(
        .usage, "rows are split by class or by time, and not by both",
        remedy: "Leave out the one or the other.")
    }
    var cleaning = Cleaning(dropsAny: settings.cleans)
    for source in sources { try cleaning.add(source, registry: registry, bad) }
    guard !cleaning.rows.isEmpty else {
      throw AnnealError(
        .data, "no row is left after cleaning",
        at: .init(file: sources.map(\.path).joined(separator: ", ")),
        remedy: "Look at the file with `anneal data inspect`.")
    }
    let rows = Dataset<Row>(rows: cleaning.rows)
    let division = try Self.division(of: rows, settings, cleaning.formats)
    let parts = division.parts.map { rows.selecting($0) }
    let (checked, leaks, search) = try Self.checked(
      [("test", parts[1]), ("validation", parts[0]), ("train", parts[2])], settings,
      cleaning.formats)
    (self.settings, exactness, crossings) = (
      division.settings, division.exactness, division.crossings
    )
    (test, validation, train) = (checked[0], checked[1], checked[2])
    self.leaks = leaks
    benchmarks = search
    policy = settings.onLeak
    emptyParts = try Self.emptyParts(checked, of: rows.count, settings)
    self.rows = cleaning.read
    dropped = cleaning.dropped.map { ($0.key, $0.value.count, $0.value.places) }
  }

  /// Writes `train.jsonl`, `validation.jsonl` and `test.jsonl` (as far as they have rows) and
  /// `report.json` into `folder`.
  public func write(to folder: String) throws {
    try Folder.create(folder)
    for (name, part) in parts {
      // What an earlier split left here would be a part of none.
      guard !part.isEmpty else {
        try Folder.remove("\(folder)/\(name).jsonl")
        continue
      }
      try AtomicFile.write(to: "\(folder)/\(name).jsonl") { output in
        for row in part { try output.write(row.fields.text(.spaced) + "\n") }
      }
    }
    if leaks.isEmpty {
      try Folder.remove(folder + "/leaks.jsonl")
    } else {
      try AtomicFile.write(to: folder + "/leaks.jsonl") { output in
        for leak in leaks { try output.write(leak.json.text(.spaced) + "\n") }
      }
    }
    try AtomicFile.write(json.text(.pretty) + "\n", to: folder + "/report.json")
  }

  private var parts: [(name: String, rows: Dataset<Row>)] {
    [("train", train), ("validation", validation), ("test", test)]
  }

  /// What stands on a card: rows in, by part, left out and leaking.
  public var counts: JSON {
    JSON(
      members: [("rows", .integer(rows))]
        + parts.map { ($0.name, .integer($0.rows.count)) }
        + dropped.map { ("left out, " + $0.reason, .integer($0.count)) }
        + Leak.Kind.allCases.map { kind in
          ("leaks, " + kind.rawValue, .integer(leaks.count { $0.kind == kind }))
        })
  }

  /// Rows in, rows kept by part, and rows left out by reason.
  public var json: JSON {
    let reasons = dropped.map { reason, count, places in
      (
        reason,
        JSON.object([
          "rows": .integer(count), "first": .array(places.map { .string($0.description) }),
        ])
      )
    }
    let counted = Leak.Kind.allCases.map { kind in
      (kind.rawValue, JSON.integer(leaks.count { $0.kind == kind }))
    }
    let leakage: JSON = [
      "checked": .bool(policy != nil), "action": policy.map { .string($0.rawValue) } ?? .null,
      "leaks": .integer(leaks.count), "by_kind": JSON(members: counted),
      "first": .array(leaks.prefix(5).map { .string("\($0)") }),
      "benchmarks": benchmarks?.json ?? .null,
    ]
    return [
      "rows": .integer(rows), "leakage": leakage, "time": crossings?.json ?? .null,
      "exact_shares": exactness.map { .string($0) } ?? .null,
      "kept": .integer(train.count + validation.count + test.count),
      "train": .integer(train.count), "validation": .integer(validation.count),
      "test": .integer(test.count),
      "dropped": .integer(dropped.reduce(0) { $0 + $1.count }),
      "dropped_by_reason": .object(OrderedDictionary(uniqueKeysWithValues: reasons)),
    ]
  }
}

/// Rows that are left after cleaning, and what was left out.
private struct Cleaning {
  var rows: [Row] = []
  var read = 0
  var dropped: OrderedDictionary<String, (count: Int, places: [AnnealError.Place])> = [:]
  /// By file, the format of its rows.
  var formats: [String: any DatasetFormat.Type] = [:]
  private var seen: Set<UInt64> = []
  private let dropsAny: Bool

  init(dropsAny: Bool) { self.dropsAny = dropsAny }

  mutating func add(_ source: RowSource, registry: FormatRegistry, _ bad: BadRows) throws {
    let source = try source.lookedUp()
    let reader = RecordReader(source, registry: registry)
    for file in try source.files() {
      formats[file] = try reader.read(file, source) { try take($0, of: file, bad) }.format
    }
  }

  private mutating func take(
    _ event: RecordReader.Event, of file: String, _ bad: BadRows
  ) throws {
    switch event {
    case .records(let records, let row):
      read += 1
      keep(row, records)
    case .bad(let row):
      read += 1
      try bad.take(row)
      drop(row.reason, row.error.place ?? .init(file: file))
    case .note: break
    }
  }

  private mutating func keep(_ row: Row, _ records: [Record]) {
    guard dropsAny else { return rows.append(row) }
    guard records.contains(where: \.teachesSomething) else {
      return drop("nothing to learn", row.place())
    }
    guard seen.insert(Fingerprint.of(row.fields.text())).inserted else {
      return drop("repeats an earlier row", row.place())
    }
    rows.append(row)
  }

  private mutating func drop(_ reason: String, _ place: AnnealError.Place) {
    dropped[reason, default: (0, [])].count += 1
    if dropped[reason, default: (0, [])].places.count < 5 {
      dropped[reason, default: (0, [])].places.append(place)
    }
  }
}

extension Record {
  /// Whether there is anything to learn, as far as can be told without a tokenizer.
  var teachesSomething: Bool {
    switch self {
    case .text(let text): !text.allSatisfy(\.isWhitespace)
    case .completion(_, let completion): !completion.isEmpty
    case .preference, .feedback, .steps: true
    case .conversation(let conversation):
      conversation.messages.contains { message in
        message.role == "assistant" && message.weight != 0
          && (!message.text.isEmpty || message.toolCalls != nil)
      }
    }
  }
}

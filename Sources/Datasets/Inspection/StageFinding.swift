public import AnnealFiles

/// What a stage of cleaning would say of rows of a file, or do to them.
public struct StageFinding: Sendable {
  /// A row that it is said of.
  public struct Example: Sendable {
    /// Where it stands.
    public let place: AnnealError.Place
    /// What was found in it, where the reason leaves that open.
    public let detail: String?
    /// What it says.
    public let text: String
  }

  /// The stage's name.
  public let stage: String
  /// What is found.
  public let reason: String
  /// How many rows it is said of.
  public private(set) var rows = 0
  /// The first few of them.
  public private(set) var examples: [Example] = []

  /// What is looked for: what is lost, says nothing, speaks against itself, or is nobody's business.
  static let stages = [
    EncodingRepair.name, EmptyAnswers.name, Contradictions.name, PersonalDataStage.name,
  ]

  private static let shown = 3

  private init(_ stage: String, _ reason: String) { (self.stage, self.reason) = (stage, reason) }

  /// What the stages find in `rows`, by the number of their file, the most frequent first.
  static func found(in rows: RowSpool) throws -> [Int: [StageFinding]] {
    var found: [Int: [StageFinding]] = [:]
    for stage in try CleaningStages.builtin.stages(named: stages) {
      let name = type(of: stage).name
      let verdicts = try WorkProgress.named(name) {
        let judge = try stage.judge(of: rows)
        return try ParallelRows.map(rows.count, filler: RowVerdict.keep) { index in
          try judge.verdict(on: rows.row(index), at: index)
        }
      }
      for (index, verdict) in verdicts.enumerated() {
        // What an inspection remarks on is not told twice.
        guard let finding = verdict.finding, RowRemark.Kind(rawValue: finding.reason) == nil
        else { continue }
        let file = Int(rows.entries[index].source)
        var own = found[file] ?? []
        let known = own.firstIndex { $0.stage == name && $0.reason == finding.reason }
        if known == nil { own.append(StageFinding(name, finding.reason)) }
        try own[known ?? own.count - 1].add(finding, index, rows)
        found[file] = own
      }
    }
    return found.mapValues { $0.sorted { $0.rows > $1.rows } }
  }

  private mutating func add(_ finding: Finding, _ index: Int, _ spool: RowSpool) throws {
    rows += 1
    guard examples.count < Self.shown else { return }
    examples.append(
      Example(
        place: spool.place(index), detail: finding.detail, text: try spool.row(index).text))
  }

  var json: JSON {
    [
      "stage": .string(stage), "reason": .string(reason), "rows": .integer(rows),
      "first": .array(
        examples.map {
          [
            "at": .string($0.place.description),
            "detail": $0.detail.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }
}

extension RowVerdict {
  /// Why the row would not stay as it is, or be told of; nil when it is kept.
  fileprivate var finding: Finding? {
    switch self {
    case .keep: nil
    case .flag(let finding), .change(let finding, _), .drop(let finding): finding
    }
  }
}

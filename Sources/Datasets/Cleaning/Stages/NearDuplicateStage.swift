internal import AnnealFiles

/// Leaves out rows that are nearly the same as another one (see `NearDuplicates`).
public struct NearDuplicateStage: CleaningStage {
  /// `near-duplicates`.
  public static let name = "near-duplicates"
  /// What it does.
  public static let summary = "Of rows that are nearly the same, keeps one."
  /// The threshold, the shingles, and which one is kept.
  public static let settings = [
    StageSetting(
      "threshold", 0.8, "Jaccard's index of the shingles from which on rows are the same."),
    StageSetting("shingle", 3, "Words of a shingle."),
    StageSetting("min_words", 8, "Rows of fewer words are left alone."),
    StageSetting(
      "keep", "first",
      "Which row of a cluster stays: the first, the longest, or the best by a field.",
      choices: ["first", "longest", "best"]),
    StageSetting(
      "by", "", "With keep=best: the field, a number, of which the highest is the best."),
    StageSetting("action", "drop", "What is done with the rows found.", choices: ["drop", "flag"]),
  ]
  /// Whether a row is nearly another one depends on the others.
  public static let needsAllRows = true

  private let search: NearDuplicates.Settings
  private let keep: String
  private let field: String
  private let action: StageAction

  /// A stage with `settings`.
  public init(_ settings: StageSettings) throws {
    let threshold = settings.number("threshold")
    guard (0.1...1).contains(threshold) else {
      throw settings.failure("threshold", expected: "0.1 to 1")
    }
    keep = settings.text("keep")
    field = settings.text("by")
    guard keep != "best" || !field.isEmpty else {
      throw settings.failure("by", expected: "the name of a field, as keep is best")
    }
    action = settings.action
    search = .init(
      threshold: threshold, width: max(1, settings.integer("shingle") ?? 3),
      leastWords: settings.integer("min_words") ?? 8)
  }

  /// The rows that another one stands for.
  public func judge(of rows: RowSpool) throws -> any RowJudge {
    let firsts = try rows.nearDuplicates(search)
    var clusters: [Int: [Int]] = [:]
    for (row, first) in firsts.enumerated() where row != first {
      clusters[first, default: [first]].append(row)
    }
    var verdicts: [Int: RowVerdict] = [:]
    for first in clusters.keys.sorted() {
      let members = clusters[first] ?? []
      let kept = try best(of: members, rows)
      for row in members where row != kept {
        let finding = Finding("is nearly the same as another row", "\(rows.place(kept))")
        verdicts[row] = action.verdict(finding)
      }
    }
    return FoundVerdicts(verdicts: verdicts)
  }

  /// The member of a cluster that stays; the earliest of equals.
  private func best(of members: [Int], _ rows: RowSpool) throws -> Int {
    guard keep != "first" else { return members[0] }
    let scored = try members.map { member in
      let row = try rows.row(member)
      let score = keep == "longest" ? Double(row.text.utf8.count) : row.row.fields[field]?.number
      return (score: score ?? -.infinity, member: member)
    }
    return scored.max { ($0.score, $1.member) < ($1.score, $0.member) }?.member ?? members[0]
  }
}

extension RowSpool {
  /// For each row, the first of its cluster of near-duplicates; rows of unlike labels are in none
  /// together.
  func nearDuplicates(_ settings: NearDuplicates.Settings) throws -> [Int] {
    let isClassified = sources.contains { $0.format == Classification.self }
    let label: @Sendable (Int) throws -> UInt64 = { index in
      try self.row(index).label.map { Fingerprint.of($0) } ?? 0
    }
    return try NearDuplicates(settings).firsts(count: count, class: isClassified ? label : nil) {
      try self.row($0).text
    }
  }
}

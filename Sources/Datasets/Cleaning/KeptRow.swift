internal import AnnealFiles

/// Which of several rows that say the same stays.
struct KeptRow: Sendable {
  /// `keep`, and `by`.
  static let settings = [
    StageSetting(
      "keep", "first",
      "Which of the rows that are the same stays: the first, the longest, or the best by a field.",
      choices: ["first", "longest", "best"]),
    StageSetting(
      "by", "", "With keep=best: the field, a number, of which the highest is the best."),
  ]

  private let rule: String
  private let field: String

  /// What `settings` say.
  init(_ settings: StageSettings) throws {
    rule = settings.text("keep")
    field = settings.text("by")
    guard rule != "best" || !field.isEmpty else {
      throw settings.failure("by", expected: "the name of a field, as keep is best")
    }
  }

  /// `indices`, ascending, with those that should rather stay before others; equals as they were.
  func sorted(_ indices: [Int], of rows: RowSpool) throws -> [Int] {
    guard rule != "first" else { return indices }
    let scores = try ParallelRows.map(indices.count, filler: -Double.infinity) { place in
      let row = try rows.row(indices[place])
      let score = rule == "longest" ? Double(row.text.utf8.count) : row.row.fields[field]?.number
      return score ?? -.infinity
    }
    let scored = zip(scores, indices).map { (score: $0, index: $1) }
    return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.map(\.index)
  }
}

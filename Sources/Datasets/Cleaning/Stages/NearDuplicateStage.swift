internal import AnnealFiles

/// Leaves out rows that are nearly the same as another one that stays (see `NearMatches`).
public struct NearDuplicateStage: CleaningStage {
  /// `near-duplicates`.
  public static let name = "near-duplicates"
  /// What it does.
  public static let summary = "Of rows that are nearly the same, keeps one."
  /// The threshold, the shingles, and which one is kept.
  public static let settings: [StageSetting] =
    [
      StageSetting(
        "threshold", 0.8, "Jaccard's index of the shingles from which on rows are the same."),
      StageSetting("shingle", 3, "Words of a shingle."),
      StageSetting("min_words", 8, "Rows of fewer words are left alone."),
    ] + KeptRow.settings + [StageAction.setting(.drop, of: [.drop, .flag])]
  /// Whether a row is nearly another one depends on the others.
  public static let needsAllRows = true

  private let search: NearDuplicates.Settings
  private let keep: KeptRow
  private let action: StageAction

  /// A stage with `settings`.
  public init(_ settings: StageSettings) throws {
    let threshold = settings.number("threshold")
    guard (0.1...1).contains(threshold) else {
      throw settings.failure("threshold", expected: "0.1 to 1")
    }
    keep = try KeptRow(settings)
    action = settings.action
    search = .init(
      threshold: threshold, width: max(1, settings.integer("shingle") ?? 3),
      leastWords: settings.integer("min_words") ?? 8)
  }

  /// The rows that another one stands for.
  public func judge(of rows: RowSpool) throws -> any RowJudge {
    let order = try keep.sorted(Array(0..<rows.count), of: rows)
    let matches = try NearMatches(settings: search).matches(count: rows.count, order: order) {
      let row = try rows.row($0)
      let label = row.label
      return NearMatches.Said(
        text: row.text, answer: label == nil ? row.exchange?.answer : nil,
        group: label.map { Fingerprint.of($0) } ?? 0)
    }
    var verdicts: [Int: RowVerdict] = [:]
    for (row, match) in matches.enumerated() {
      guard let match else { continue }
      let finding = Finding(
        "is nearly the same as another row",
        rows.reference(to: match.row, similarity: match.resemblance))
      verdicts[row] = action.verdict(finding)
    }
    return FoundVerdicts(verdicts: verdicts)
  }
}

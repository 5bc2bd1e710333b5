internal import AnnealFiles

/// Leaves out rows that are nearly the same as another one (see `NearDuplicates`).
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
    let firsts = try rows.nearDuplicates(search)
    var clusters: [Int: [Int]] = [:]
    for (row, first) in firsts.enumerated() where row != first {
      clusters[first, default: [first]].append(row)
    }
    var verdicts: [Int: RowVerdict] = [:]
    for first in clusters.keys.sorted() {
      let members = clusters[first] ?? []
      guard let kept = try keep.sorted(members, of: rows).first else { continue }
      for row in members where row != kept {
        let finding = Finding("is nearly the same as another row", "\(rows.place(kept))")
        verdicts[row] = action.verdict(finding)
      }
    }
    return FoundVerdicts(verdicts: verdicts)
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

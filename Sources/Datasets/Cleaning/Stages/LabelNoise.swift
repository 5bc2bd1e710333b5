internal import AnnealFiles

/// Hints at wrong labels: rows whose nearest neighbours, by shingles, have another label.
///
/// Neighbours are rows that share two thirds of a row's letter sequences; a row is told of when most
/// of its neighbours agree on a label that it does not have.
public struct LabelNoise: CleaningStage {
  /// `label-noise`.
  public static let name = "label-noise"
  /// What it does.
  public static let summary = "Hints at labels that near-identical rows do not share."
  /// How near, and how many.
  public static let settings = [
    StageSetting(
      "resemblance", 0.5, "Jaccard's index of letter sequences from which on rows are neighbours."),
    StageSetting("neighbours", 5, "How many of the nearest rows have a say."),
    StageSetting("action", "flag", "What is done with the rows found.", choices: ["flag", "drop"]),
  ]
  /// Neighbours are other rows.
  public static let needsAllRows = true

  private let resemblance: Double
  private let neighbours: Int
  private let action: StageAction

  /// A stage with `settings`.
  public init(_ settings: StageSettings) throws {
    resemblance = settings.number("resemblance")
    neighbours = max(1, settings.integer("neighbours") ?? 5)
    action = settings.action
    guard (0.1...1).contains(resemblance) else {
      throw settings.failure("resemblance", expected: "0.1 to 1")
    }
  }

  /// Looks for each labelled row's neighbours.
  public func judge(of rows: RowSpool) throws -> any RowJudge {
    let labelled = try ParallelRows.map(rows.count, filler: Labelled?.none) { index in
      let row = try rows.row(index)
      guard let label = row.label, let text = row.exchange?.prompt else { return nil }
      return Labelled(label: label, grams: Self.grams(of: text))
    }
    let index = GramIndex(labelled.map { $0?.grams ?? [] })
    let found = try ParallelRows.map(rows.count, size: 32, filler: Finding?.none) { row in
      guard let own = labelled[row] else { return nil }
      let near = index.nearest(to: row, count: neighbours, from: resemblance)
      return Self.doubt(own.label, near.compactMap { labelled[$0]?.label }) { other in
        near.first { labelled[$0]?.label == other }.map { "\(rows.place($0))" } ?? ""
      }
    }
    var verdicts: [Int: RowVerdict] = [:]
    for (row, finding) in found.enumerated() {
      if let finding { verdicts[row] = action.verdict(finding) }
    }
    return FoundVerdicts(verdicts: verdicts)
  }

  private struct Labelled: Sendable {
    var label: String
    var grams: [UInt64]
  }

  /// The label that more than half of the neighbours have, when it is not `own`.
  private static func doubt(
    _ own: String, _ labels: [String], place: (String) -> String
  ) -> Finding? {
    var counts: [String: Int] = [:]
    for label in labels { counts[label, default: 0] += 1 }
    let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let most, most.key != own, 2 * most.value > labels.count else { return nil }
    return Finding(
      "near-identical rows have another label", "'\(own)' here, '\(most.key)' at \(place(most.key))"
    )
  }

  /// The sequences of four letters of `text`, sorted, each once.
  private static func grams(of text: String) -> [UInt64] {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    let letters = Array(words.unicodeScalars)
    guard letters.count > 4 else { return [Fingerprint.of(words)] }
    let grams = (0...(letters.count - 4)).map { start in
      letters[start..<start + 4].reduce(UInt64(4)) { WordHash.mixed($0 ^ UInt64($1.value)) }
    }
    return Array(Set(grams)).sorted()
  }
}

/// For each sequence of letters, the rows that have it: to find neighbours without comparing all.
private struct GramIndex: Sendable {
  private let grams: [[UInt64]]
  private var rows: [UInt64: [Int32]] = [:]

  /// Sequences of more rows say nothing and are not followed.
  private static let mostRows = 2000

  init(_ grams: [[UInt64]]) {
    self.grams = grams
    for (row, own) in grams.enumerated() {
      for gram in own { rows[gram, default: []].append(Int32(clamping: row)) }
    }
  }

  /// The rows nearest to `row`, of at least `least` resemblance, the nearest first.
  func nearest(to row: Int, count: Int, from least: Double) -> [Int] {
    var common: [Int32: Int] = [:]
    for gram in grams[row] {
      guard let others = rows[gram], others.count <= Self.mostRows else { continue }
      for other in others where other != row { common[other, default: 0] += 1 }
    }
    // Sequences that are not followed may be common too, so that this is a lower bound.
    let near = common.compactMap { other, shared -> (score: Double, row: Int)? in
      let union = grams[row].count + grams[Int(other)].count - shared
      let score = union == 0 ? 0 : Double(shared) / Double(union)
      return score >= least ? (score, Int(other)) : nil
    }
    return near.sorted { ($1.score, $0.row) < ($0.score, $1.row) }.prefix(count).map(\.row)
  }
}

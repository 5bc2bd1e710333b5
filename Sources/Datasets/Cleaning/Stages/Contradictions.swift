internal import AnnealFiles

/// Finds rows that answer one prompt in different ways.
public struct Contradictions: CleaningStage {
  /// `contradictions`.
  public static let name = "contradictions"
  /// What it does.
  public static let summary = "Finds equal prompts with different answers or labels."
  /// What is done with them.
  public static let settings = [
    StageSetting(
      "action", "flag", "flag; drop leaves out all such rows; first keeps the first of them.",
      choices: ["flag", "drop", "first"])
  ]
  /// Whether rows contradict depends on the others.
  public static let needsAllRows = true

  private let action: String

  /// A stage with `settings`.
  public init(_ settings: StageSettings) { action = settings.text("action") }

  /// What is asked and answered in a row, as hashes.
  private struct Exchange: Sendable {
    var prompt: SIMD2<UInt64>
    var answer: SIMD2<UInt64>
  }

  /// The rows whose prompt has another answer elsewhere.
  public func judge(of rows: RowSpool) throws -> any RowJudge {
    let exchanges = try ParallelRows.map(rows.count, filler: Exchange?.none) { index in
      guard let (prompt, answer) = try rows.row(index).exchange else { return nil }
      let asked = ContentPrint.of(Self.normalised(prompt))
      return Exchange(prompt: asked, answer: ContentPrint.of(Self.normalised(answer)))
    }
    var firsts: [SIMD2<UInt64>: (row: Int, answer: SIMD2<UInt64>)] = [:]
    var groups: [Int: [Int]] = [:]
    for (row, exchange) in exchanges.enumerated() {
      guard let exchange else { continue }
      guard let first = firsts[exchange.prompt] else {
        firsts[exchange.prompt] = (row, exchange.answer)
        continue
      }
      if first.answer != exchange.answer { groups[first.row, default: []].append(row) }
    }
    var verdicts: [Int: RowVerdict] = [:]
    for (first, others) in groups {
      let reason = "the same prompt has different answers"
      for row in others {
        let finding = Finding(reason, "\(rows.place(first))")
        verdicts[row] = action == "flag" ? .flag(finding) : .drop(finding)
      }
      let finding = Finding(reason, others.first.map { "\(rows.place($0))" })
      if action != "first" { verdicts[first] = action == "flag" ? .flag(finding) : .drop(finding) }
    }
    return FoundVerdicts(verdicts: verdicts)
  }

  /// `text` in lower case, with single spaces.
  private static func normalised(_ text: String) -> String {
    text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

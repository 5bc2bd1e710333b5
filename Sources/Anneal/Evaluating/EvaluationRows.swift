public import AnnealDatasets
internal import AnnealFiles
public import AnnealText

/// Rows to measure a model on: the records, and the same as examples.
public struct EvaluationRows: Sendable {
  /// What the rows hold.
  public let records: [Record]
  /// What became of the rows.
  public let report: PreparationReport
  /// What their loss is measured on.
  public let examples: [Example]

  /// Reads `files`.
  ///
  /// - Parameters:
  ///   - limit: only so many rows, from the first.
  ///   - maxLength: the longest row, in tokens; longer ones are cut.
  ///   - prompting: what goes before every row.
  public init(
    files: [String], format: String? = nil, limit: Int? = nil, maxLength: Int = 2048,
    prompting: Prompting = Prompting(), encoder: ConversationEncoder
  ) throws {
    let all = try Dataset<Record>(files: files, format: format)
    try all.checkLearnable()
    let rows = try (limit.map { all.limited(to: $0) } ?? all).map(prompting.applied)
    let isText = rows.allSatisfy { if case .text = $0 { true } else { false } }
    let settings = PreparationSettings(
      stage: isText ? .pretraining : .supervised, maxLength: maxLength)
    let prepared = ExampleBuilder(encoder, settings: settings).examples(from: rows)
    try prepared.report.check()
    (examples, report) = prepared
    records = rows.elements
  }
}

public import AnnealDatasets
public import AnnealFiles
public import AnnealText

/// Rows to measure a model on: the records, and the same as examples.
public struct EvaluationRows: Sendable {
  /// What the rows hold.
  public let records: [Record]
  /// What metrics may look at beside them, a row each.
  public let facts: [RowFacts]
  /// What became of the rows.
  public let report: PreparationReport
  /// What their loss is measured on.
  public let examples: [Example]

  /// Reads `sources`.
  ///
  /// - Parameters:
  ///   - limit: only so many rows, from the first.
  ///   - maxLength: the longest row, in tokens; longer ones are cut.
  ///   - prompting: what goes before every row.
  public init(
    sources: [RowSource], limit: Int? = nil, maxLength: Int = 2048,
    prompting: Prompting = Prompting(), encoder: ConversationEncoder
  ) throws {
    let all = try Dataset<RecordWithFields>(sources: sources)
    try all.map { $0.record }.checkLearnable()
    let chosen = limit.map { all.limited(to: $0) } ?? all
    let rows = try chosen.map { try prompting.applied(to: $0.record) }
    let isText = rows.allSatisfy { if case .text = $0 { true } else { false } }
    let settings = PreparationSettings(
      stage: isText ? .pretraining : .supervised, maxLength: maxLength)
    let prepared = ExampleBuilder(encoder, settings: settings).examples(from: rows)
    try prepared.report.check()
    (examples, report) = prepared
    records = rows.elements
    facts = chosen.elements.map { RowFacts($0.record, fields: $0.fields) }
  }

  /// Reads `files`.
  public init(
    files: [String], format: String? = nil, limit: Int? = nil, maxLength: Int = 2048,
    prompting: Prompting = Prompting(), encoder: ConversationEncoder
  ) throws {
    try self.init(
      sources: files.map { RowSource(path: $0, format: format) }, limit: limit,
      maxLength: maxLength, prompting: prompting, encoder: encoder)
  }
}

/// What a metric may look at beside prompt, reference and reply.
public struct RowFacts: Sendable {
  /// The row's fields, an object.
  public var fields: JSON
  /// All that the row gives before the answer, where that is more than the last question: a system
  /// message, earlier turns.
  public var context: String?

  /// The facts of a row.
  public init(_ record: Record, fields: JSON) {
    self.fields = fields
    guard case .conversation(let conversation) = record else { return }
    let given = conversation.messages.filter { $0.role != "assistant" }
    if given.count > 1 { context = given.map(\.text).joined(separator: "\n") }
  }
}

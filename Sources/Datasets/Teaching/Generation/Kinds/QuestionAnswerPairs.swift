public import AnnealFiles

/// Questions that a chunk answers, each with the answer and the sentence that supports it.
public struct QuestionAnswerPairs: GenerationKind {
  /// `question-answer`.
  public static let name = "question-answer"
  /// What it makes.
  public static let summary =
    "Questions that a chunk answers, with the words that support the answer."
  /// A question, its answer and the evidence.
  public static let schema: JSON = Schemas.object(
    required: ["question": Schemas.text, "answer": Schemas.text, "evidence": Schemas.text],
    optional: ["difficulty": ["type": "string"]])
  /// Question, answer and quotation.
  public static let tokensOfObject = 130

  private let settings: GenerationSettings

  /// Pairs with `settings`.
  public init(_ settings: GenerationSettings) { self.settings = settings }

  /// The pair, when its evidence stands in the chunk.
  public func row(from object: JSON, of material: Material) -> GeneratedRow {
    let texts = ["question", "answer", "evidence"].map { ($0, object[$0]?.string ?? "") }
    let evidence = texts[2].1
    if let refusal = material.refusal(ofEvidence: [evidence]) { return refusal }
    let difficulty = object["difficulty"]?.string ?? settings.difficulty
    return .row(
      texts.map { ($0.0, JSON.string($0.1)) } + [("difficulty", .string(difficulty))])
  }
}

internal import AnnealFiles

/// Leaves out rows whose answer is empty, or declines to answer.
public struct EmptyAnswers: CleaningStage, RowJudge {
  /// `empty-answers`.
  public static let name = "empty-answers"
  /// What it does.
  public static let summary = "Leaves out rows without an answer; flags or drops refusals."
  /// `refusals` and `longest_refusal`.
  public static let settings = [
    StageSetting(
      "refusals", "flag", "What is done with answers that decline.",
      choices: ["keep", "flag", "drop"]),
    StageSetting(
      "longest_refusal", 60, "Words beyond which an answer that begins like a refusal is none."),
  ]

  private let refusals: String
  private let longest: Int

  /// A stage with `settings`.
  public init(_ settings: StageSettings) {
    refusals = settings.text("refusals")
    longest = settings.integer("longest_refusal") ?? 0
  }

  /// A drop for nothing to learn.
  public func verdict(on row: CleaningRow, at index: Int) -> RowVerdict {
    if let exchange = row.exchange {
      if Self.isEmpty(exchange.answer) { return .drop("the answer is empty") }
      guard refusals != "keep", isRefusal(exchange.answer) else { return .keep }
      let finding: Finding = "the answer declines"
      return refusals == "drop" ? .drop(finding) : .flag(finding)
    }
    return row.texts.allSatisfy(Self.isEmpty) ? .drop("the row is empty") : .keep
  }

  /// Whether `answer` is white space, or a placeholder for nothing.
  private static func isEmpty(_ answer: String) -> Bool {
    let text = answer.lowercased().filter { !$0.isWhitespace }
    return text.isEmpty || placeholders.contains(text)
  }

  /// What exports write where there is nothing; "none" and "-" may be answers.
  private static let placeholders: Set = ["n/a", "null", "nan", "undefined", "tbd", "todo", "..."]

  private func isRefusal(_ answer: String) -> Bool {
    let plain = answer.lowercased().replacing("’", with: "'")
    guard plain.split(whereSeparator: \.isWhitespace).count <= longest else { return false }
    let start = plain.prefix(160)
    return Self.phrases.contains { start.contains($0) }
  }

  /// How assistants decline, in lower case.
  private static let phrases = [
    "as an ai language model", "as an ai model", "as an ai assistant, i",
    "i'm sorry, but i can't", "i'm sorry, but i cannot", "i am sorry, but i cannot",
    "i'm sorry, but i'm unable", "i'm sorry, i can't", "sorry, i can't", "i cannot assist with",
    "i can't assist with", "i cannot help with", "i can't help with", "i'm unable to assist",
    "i cannot fulfill", "i can't fulfill", "i am not able to provide", "i'm not able to provide",
    "i cannot provide", "i can't provide", "i do not have access to", "i don't have access to",
    "i must decline", "i won't be able to", "es tut mir leid, aber ich kann",
    "als ki-sprachmodell", "je suis désolé, mais je ne peux pas", "en tant que modèle de langage",
    "lo siento, pero no puedo", "como modelo de lenguaje",
  ]
}

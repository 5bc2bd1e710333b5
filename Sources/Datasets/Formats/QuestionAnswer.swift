internal import AnnealFiles
internal import AnnealText

/// `question` and `answer`, with a `system` text or not: a conversation of two turns.
public enum QuestionAnswer: DatasetFormat {
  /// `question-answer`.
  public static let name = "question-answer"
  /// `question` and `answer`.
  public static let fields: [FormatField] = [
    .required("question"), .required("answer"), .optional("system"),
  ]

  /// A conversation of one question and one answer.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    var messages: [Message] = []
    if let system = try row.optionalText("system"), !system.isEmpty {
      messages.append(.system(system))
    }
    messages.append(.user(try row.text("question")))
    messages.append(.assistant(try row.text("answer")))
    return .conversation(Conversation(messages))
  }
}

internal import AnnealFiles
internal import AnnealText

/// `question` and `answer`, with a `system` text or not: a conversation of two turns.
///
/// Of a list of answers that are all right, the first is learned.
public enum QuestionAnswer: DatasetFormat {
  /// `question-answer`.
  public static let name = "question-answer"
  /// `question` and `answer`.
  public static let fields: [FormatField] = [
    .required("question"), .required("answer", or: "response", "correct_answer"),
    .optional("system", or: "system_prompt"),
  ]
  /// What other tools call it.
  public static let aliases = ["jeopardy", "explainchoice", "question_answer"]

  /// A conversation of one question and one answer.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    var messages = try Turns.system(of: row, "system", "system_prompt")
    messages.append(.user(try row.text("question")))
    messages.append(.assistant(try answer(of: row)))
    return .conversation(Conversation(messages))
  }

  private static func answer(of row: Row) throws -> String {
    guard let answers = row.fields["answer"]?.array else {
      return try row.text("answer", "response", "correct_answer")
    }
    guard let first = answers.first?.string else {
      throw row.mismatch("answer[0]", answers.first, expected: "a string")
    }
    return first
  }
}

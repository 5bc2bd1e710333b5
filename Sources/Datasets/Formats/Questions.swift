internal import AnnealFiles
internal import AnnealText

/// Questions without answers, as MT-bench and Vicuna's bench hold them: `question_id` and `turns`.
///
/// There is nothing to learn in them; a model can be asked them.
public enum Questions: DatasetFormat {
  /// `questions`.
  public static let name = "questions"
  /// `question_id` and `turns`.
  public static let fields: [FormatField] = [.required("question_id"), .required("turns")]
  /// The benches that are written so.
  public static let aliases = ["vicuna-bench", "mt-bench"]

  /// A conversation of the user's turns alone.
  public static func record(from row: Row) throws -> Record {
    guard let turns = row.fields["turns"]?.array, !turns.isEmpty else {
      throw row.mismatch("turns", row.fields["turns"], expected: "a list of questions")
    }
    let messages = try turns.enumerated().map { index, turn in
      guard let text = turn.string else {
        throw row.mismatch("turns[\(index)]", turn, expected: "a string")
      }
      return Message.user(text)
    }
    return .conversation(Conversation(messages))
  }
}

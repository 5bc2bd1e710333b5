internal import AnnealFiles
internal import AnnealText

/// Stanford Alpaca's fields: an instruction, perhaps an input, and the output to learn.
///
/// Instruction and input make one user turn, a line end between them. `system` and `history` (pairs
/// of earlier turns) are read as LLaMA-Factory writes them, `context` as Dolly does.
public enum Alpaca: DatasetFormat {
  /// `alpaca`.
  public static let name = "alpaca"
  /// `instruction`, `output`, and what may be beside them.
  public static let fields: [FormatField] = [
    .required("instruction"), .optional("input", or: "context"),
    .required("output", or: "response"),
    .optional("system"), .optional("history"),
  ]
  /// What other tools call it.
  public static let aliases = ["gpteacher", "alpaca_w_system", "alpaca_chat", "dolly"]

  /// A conversation of one question and one answer, after its history.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    var messages = try opening(of: row)
    messages.append(.assistant(try row.text("output", "response")))
    return .conversation(Conversation(messages))
  }

  /// The messages before the answer: the system's, the history's, and instruction and input.
  static func opening(of row: Row) throws -> [Message] {
    let instruction = try row.text("instruction")
    let input = try row.optionalText("input", "context") ?? ""
    return try Turns.system(of: row) + history(of: row) + [
      .user(input.isEmpty ? instruction : instruction + "\n" + input)
    ]
  }

  private static func history(of row: Row) throws -> [Message] {
    guard let value = row.fields["history"], !value.isNull else { return [] }
    let expected = "a list of pairs [question, answer]"
    guard let turns = value.array else {
      throw row.mismatch("history", value, expected: expected)
    }
    return try turns.enumerated().flatMap { index, turn -> [Message] in
      guard turn.array?.count == 2, let question = turn[0]?.string, let answer = turn[1]?.string
      else { throw row.mismatch("history[\(index)]", turn, expected: "a pair of strings") }
      return [.user(question), .assistant(answer)]
    }
  }
}

internal import AnnealFiles
internal import AnnealText

/// Stanford Alpaca's fields: an instruction, perhaps an input, and the output to learn.
///
/// Instruction and input make one user turn, a line end between them. `system` and `history` (pairs
/// of earlier turns) are read as LLaMA-Factory writes them.
public enum Alpaca: DatasetFormat {
  /// `alpaca`.
  public static let name = "alpaca"
  /// `instruction`, `output`, and what may be beside them.
  public static let fields: [FormatField] = [
    .required("instruction"), .optional("input"), .required("output", or: "response"),
    .optional("system"), .optional("history"),
  ]

  /// A conversation of one question and one answer, after its history.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let instruction = try row.text("instruction")
    let input = try row.optionalText("input") ?? ""
    let output = try row.text("output", "response")
    var messages: [Message] = []
    if let system = try row.optionalText("system"), !system.isEmpty {
      messages.append(.system(system))
    }
    messages += try history(of: row)
    messages.append(.user(input.isEmpty ? instruction : instruction + "\n" + input))
    messages.append(.assistant(output))
    return .conversation(Conversation(messages))
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

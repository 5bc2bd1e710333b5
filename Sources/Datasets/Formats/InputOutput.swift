internal import AnnealFiles
internal import AnnealText

/// What goes in and what should come out: `input` and `output` (or `target`), or `prompt` and
/// `response`: a conversation of two turns.
public enum InputOutput: DatasetFormat {
  /// `input-output`.
  public static let name = "input-output"
  /// `input` and `output`, by any of their names.
  public static let fields: [FormatField] = [
    .required("input", or: "prompt", "query"), .required("output", or: "target", "response"),
    .optional("system"),
  ]
  /// What it is called by its other fields.
  public static let aliases = ["prompt-response", "input-target"]

  /// A conversation of one question and one answer.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let question = try row.text("input", "prompt", "query")
    let answer = try row.text("output", "target", "response")
    return .conversation(
      Conversation(try Turns.system(of: row) + [.user(question), .assistant(answer)]))
  }
}

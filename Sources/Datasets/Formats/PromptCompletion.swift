internal import AnnealFiles
internal import AnnealText

/// A text to go on from and how it goes on: `prompt`, `completion`.
///
/// No chat template is applied, unless both are lists of messages; then only the completion's are
/// learned.
public enum PromptCompletion: DatasetFormat {
  /// `prompt-completion`.
  public static let name = "prompt-completion"
  /// `prompt` and `completion`.
  public static let fields: [FormatField] = [.required("prompt"), .required("completion")]

  /// A completion.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    if row.fields["prompt"]?.array != nil { return try conversation(of: row) }
    return .completion(prompt: try row.text("prompt"), completion: try row.text("completion"))
  }

  private static func conversation(of row: Row) throws -> Record {
    let prompt = try Turns.messages(row.fields["prompt"], field: "prompt", row).map { message in
      var message = message
      message.weight = 0
      return message
    }
    return .conversation(
      Conversation(
        try prompt + Turns.messages(row.fields["completion"], field: "completion", row),
        tools: try Turns.tools(of: row)))
  }
}

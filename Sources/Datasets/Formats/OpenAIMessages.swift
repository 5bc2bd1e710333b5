internal import AnnealFiles
internal import AnnealText

/// OpenAI's chat fields: `messages` of `role` and `content`, and `tools` or not.
///
/// `weight` (or `loss_weight`) 0 on a message keeps it from being learned, as does `train: false`.
public enum OpenAIMessages: DatasetFormat {
  /// `messages`.
  public static let name = "messages"
  /// `messages`, and what may be beside them.
  public static let fields: [FormatField] = [
    .required("messages"), .optional("tools"), .optional("system"),
  ]
  /// What other tools call it.
  public static let aliases = ["openai", "chat_template", "chatml", "chat"]

  /// A conversation.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let messages =
      try Turns.system(of: row) + Turns.messages(row.fields["messages"], field: "messages", row)
    return .conversation(Conversation(messages, tools: try Turns.tools(of: row)))
  }
}

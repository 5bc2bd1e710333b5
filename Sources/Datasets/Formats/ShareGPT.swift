internal import AnnealFiles
internal import AnnealText

/// ShareGPT's and Vicuna's fields: `conversations` of `from` and `value`, with `system` and `tools`
/// or not.
public enum ShareGPT: DatasetFormat {
  /// `sharegpt`.
  public static let name = "sharegpt"
  /// `conversations`, and what may be beside them.
  public static let fields: [FormatField] = [
    .required("conversations", or: "conversation"), .optional("system"), .optional("tools"),
  ]
  /// What other tools call it.
  public static let aliases = ["vicuna", "fastchat"]

  /// A conversation.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let field = row.fields["conversations"] == nil ? "conversation" : "conversations"
    let messages =
      try Turns.system(of: row) + Turns.messages(row.fields[field], field: field, row)
    return .conversation(Conversation(messages, tools: try Turns.tools(of: row)))
  }
}

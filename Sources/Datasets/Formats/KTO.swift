public import AnnealFiles
internal import AnnealText

/// Answers with a verdict, as KTO learns from (arXiv 2402.01306): a conversation and `label`, true for
/// a wanted answer.
///
/// The conversation is `messages`, `conversations`, `prompt` and `completion`, or Alpaca's fields.
public enum KTO: DatasetFormat {
  /// `kto`.
  public static let name = "kto"
  /// `label`, and the fields of a conversation.
  public static let fields: [FormatField] = [
    .required("label", or: "kto_tag"), .optional("messages"), .optional("conversations"),
    .optional("prompt"), .optional("completion", or: "response"), .optional("instruction"),
    .optional("input"), .optional("output"), .optional("system"), .optional("tools"),
    .optional("history"),
  ]
  /// What other tools call it.
  public static let aliases = ["feedback", "unpaired_preference", "unpaired-preference"]

  /// Rows with a boolean verdict on a conversation.
  public static func matches(_ fields: JSON) -> Bool {
    guard let verdict = fields["kto_tag"] ?? fields["label"] else { return false }
    let has = { (name: String) in fields[name] != nil }
    let isTurns = has("messages") || has("conversations")
    let isPair = has("prompt") && (has("completion") || has("response"))
    let isAlpaca = has("instruction") && (has("output") || has("response"))
    return Self.verdict(verdict) != nil && (isTurns || isPair || isAlpaca)
  }

  /// The conversation and the verdict.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let field = row.fields["kto_tag"] == nil ? "label" : "kto_tag"
    guard let verdict = row.fields[field].flatMap(Self.verdict) else {
      throw row.mismatch(field, row.fields[field], expected: "true or false")
    }
    let conversation = Conversation(try messages(of: row), tools: try Turns.tools(of: row))
    guard conversation.messages.last?.role == "assistant" else {
      throw AnnealError(
        .data, "the verdict is on an answer, but the last message is not the assistant's",
        at: row.place())
    }
    return .feedback(Feedback(conversation, isDesirable: verdict))
  }

  private static func messages(of row: Row) throws -> [Message] {
    for name in ["messages", "conversations"] where row.fields[name] != nil {
      return try Turns.system(of: row) + Turns.messages(row.fields[name], field: name, row)
    }
    if row.fields["instruction"] != nil {
      return try Alpaca.opening(of: row) + [.assistant(try row.text("output", "response"))]
    }
    return try Turns.system(of: row) + Preference.prompt(row.fields["prompt"], "prompt", row)
      + Preference.answer(row.fields["completion"] ?? row.fields["response"], "completion", row)
  }

  /// True or false, also as the text that a table holds.
  private static func verdict(_ value: JSON) -> Bool? {
    switch value.string?.lowercased() {
    case "true": true
    case "false": false
    default: value.bool
    }
  }
}

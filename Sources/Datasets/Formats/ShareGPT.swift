internal import AnnealFiles
internal import AnnealText

/// ShareGPT's fields: `conversations` of `from` and `value`, with `system` and `tools` or not.
public enum ShareGPT: DatasetFormat {
  /// `sharegpt`.
  public static let name = "sharegpt"
  /// `conversations`, and what may be beside them.
  public static let fields: [FormatField] = [
    .required("conversations"), .optional("system"), .optional("tools"),
  ]

  /// Who speaks, by the names found in such files.
  static let roles: [String: String] = [
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant",
    "bot": "assistant", "chatgpt": "assistant", "system": "system", "tool": "tool",
    "observation": "tool", "function_call": "assistant",
  ]

  /// A conversation.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    guard let list = row.fields["conversations"]?.array, !list.isEmpty else {
      throw row.mismatch(
        "conversations", row.fields["conversations"], expected: "a list of turns, one at least")
    }
    var messages: [Message] = []
    if let system = try row.optionalText("system"), !system.isEmpty {
      messages.append(.system(system))
    }
    for (index, value) in list.enumerated() {
      messages.append(try message(value, field: "conversations[\(index)]", row))
    }
    return .conversation(
      Conversation(messages, tools: try OpenAIMessages.tools(of: row)))
  }

  private static func message(_ value: JSON, field: String, _ row: Row) throws -> Message {
    guard let speaker = (value["from"] ?? value["role"])?.string else {
      throw row.mismatch(field + ".from", value["from"], expected: "a string")
    }
    guard let role = roles[speaker] else {
      let hint = nearest(to: speaker, among: roles.keys).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(
        .data, "there is no speaker '\(speaker)'\(hint)", at: row.place(field + ".from"),
        remedy: "Known are \(roles.keys.sorted().joined(separator: ", ")).")
    }
    guard let text = (value["value"] ?? value["content"])?.string else {
      throw row.mismatch(field + ".value", value["value"], expected: "a string")
    }
    if speaker == "function_call" { return try toolCall(text, field: field, row) }
    return Message(role: role, text: text)
  }

  /// `{"name": …, "arguments": …}` as text, told the way chat templates expect calls.
  private static func toolCall(_ text: String, field: String, _ row: Row) throws -> Message {
    guard let call = try? JSON(parsing: text), call.object != nil || call.array != nil else {
      throw AnnealError(
        .data, "the call of a function is not JSON", at: row.place(field + ".value"))
    }
    let calls = (call.array ?? [call]).map { call -> JSON in
      ["type": "function", "function": call]
    }
    return try Message(
      json: ["role": "assistant", "content": "", "tool_calls": .array(calls)])
  }
}

internal import AnnealFiles
internal import AnnealText
internal import OrderedCollections

/// OpenAI's chat fields: `messages` of `role` and `content`, and `tools` or not.
///
/// `weight` (or `loss_weight`) 0 on a message keeps it from being learned.
public enum OpenAIMessages: DatasetFormat {
  /// `messages`.
  public static let name = "messages"
  /// `messages` and `tools`.
  public static let fields: [FormatField] = [.required("messages"), .optional("tools")]

  static let roles = ["system", "developer", "user", "assistant", "tool", "function"]

  /// A conversation.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    guard let list = row.fields["messages"]?.array else {
      throw row.mismatch("messages", row.fields["messages"], expected: "a list of messages")
    }
    guard !list.isEmpty else {
      throw AnnealError(.data, "'messages' is empty", at: row.place("messages"))
    }
    let messages = try list.enumerated().map { index, value in
      try message(value, field: "messages[\(index)]", row)
    }
    return .conversation(Conversation(messages, tools: try tools(of: row)))
  }

  private static func message(_ value: JSON, field: String, _ row: Row) throws -> Message {
    guard value.object != nil else {
      throw row.mismatch(field, value, expected: "an object with 'role' and 'content'")
    }
    guard let role = value["role"]?.string else {
      throw row.mismatch(field + ".role", value["role"], expected: "a string")
    }
    guard roles.contains(role) else {
      let hint = nearest(to: role, among: roles).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(
        .data, "there is no role '\(role)'\(hint)", at: row.place(field + ".role"),
        remedy: "Roles are \(roles.joined(separator: ", ")).")
    }
    let calls = value["tool_calls"].flatMap { $0.isNull ? nil : $0 }
    let content = value["content"] ?? .null
    switch content {
    case .string, .array: break
    case .null where calls != nil || value["function_call"] != nil: break
    default:
      throw row.mismatch(
        field + ".content", value["content"], expected: "a string or a list of parts")
    }
    return try withWeight(value, field, row)
  }

  /// The message, whose weight may go by either of two names.
  private static func withWeight(_ value: JSON, _ field: String, _ row: Row) throws -> Message {
    var members = value.object ?? [:]
    let name = members["weight"] == nil ? "loss_weight" : "weight"
    let weight = members.removeValue(forKey: name) ?? .null
    guard weight.isNull || weight.number != nil else {
      throw row.mismatch("\(field).\(name)", weight, expected: "a number")
    }
    var message = try Message(json: .object(members))
    message.weight = weight.number
    return message
  }

  /// Tools as a list; some files hold the list as JSON text.
  static func tools(of row: Row) throws -> JSON? {
    guard let tools = row.fields["tools"], !tools.isNull, tools != .string("") else { return nil }
    if tools.array != nil { return tools }
    if let text = tools.string, let parsed = try? JSON(parsing: text), parsed.array != nil {
      return parsed.array?.isEmpty == true ? nil : parsed
    }
    throw row.mismatch("tools", tools, expected: "a list of tools")
  }
}

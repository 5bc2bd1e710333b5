public import AnnealFiles
internal import OrderedCollections

extension Conversation {
  /// The messages as OpenAI's servers take them: known members only, arguments of tools as text, and
  /// ids that tie each answer of a tool to its call, also where the data has none.
  ///
  /// - Throws: `AnnealError` for a call without a name or with broken arguments.
  public func openAIMessages() throws -> [JSON] {
    var open: [String] = []
    return try messages.enumerated().map { index, message in
      var message = message
      // The older name of the role, from when an answer could call one function only.
      if message.role == "function" { message.role = "tool" }
      var calls = try message.calls()
      for place in calls.indices where calls[place].id == nil {
        calls[place].id = "call_\(index)_\(place)"
      }
      if message.role != "tool" {
        open = calls.compactMap(\.id)
      } else if let id = message.toolCallID {
        open.removeAll { $0 == id }
      } else if !open.isEmpty {
        message.toolCallID = open.removeFirst()
      }
      return message.openAI(calling: calls)
    }
  }

  /// The tools as OpenAI's servers take them, each with `type` and `function`; nil when there are
  /// none.
  public var openAITools: JSON? {
    guard let tools = tools?.array, !tools.isEmpty else { return nil }
    return .array(
      tools.map { $0["function"] == nil ? ["type": "function", "function": $0] : $0 })
  }
}

extension Message {
  /// The members of a message that OpenAI's servers know; they refuse others.
  private static let known = ["role", "content", "name", "refusal", "tool_call_id"]

  fileprivate func openAI(calling calls: [ToolCall]) -> JSON {
    var members: OrderedDictionary<String, JSON> = [:]
    for key in Self.known {
      if let value = fields[key], !value.isNull || key == "content" { members[key] = value }
    }
    if !calls.isEmpty {
      members["tool_calls"] = .array(calls.map(\.openAI))
      // A message that only calls tools says nothing, which is null and not an empty text.
      if members["content"]?.string == "" { members["content"] = .null }
    }
    return .object(members)
  }
}

extension ToolCall {
  fileprivate var openAI: JSON {
    [
      "id": id.map { .string($0) } ?? .null, "type": "function",
      "function": ["name": .string(name), "arguments": .string(arguments.text(.spaced))],
    ]
  }
}

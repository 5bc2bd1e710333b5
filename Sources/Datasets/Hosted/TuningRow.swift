public import AnnealFiles
public import AnnealText

/// A row in the form that OpenAI's fine-tuning API takes.
public struct TuningRow: Sendable, Hashable {
  /// The row.
  public let json: JSON

  /// What `record` is to that API.
  ///
  /// - Throws: `AnnealError` of kind `data` when the API would not take it, or learn nothing from it;
  ///   without a place.
  public init(_ record: Record, method: TuningMethod) throws {
    switch (record, method) {
    case (.conversation(let conversation), .supervised):
      json = try Self.supervised(conversation)
    case (.completion(let prompt, let completion), .supervised):
      json = try Self.supervised(Conversation([.user(prompt), .assistant(completion)]))
    case (.preference(let pair), .dpo): json = try Self.preference(pair)
    case (.preference, .supervised):
      throw AnnealError(
        .data, "the row is a pair of answers, of which supervised tuning learns none",
        remedy: "Export it with --method dpo.")
    case (_, .dpo):
      throw AnnealError(
        .data, "the row is no pair of a better and a worse answer",
        remedy: "Rows with prompt, chosen and rejected are; or export with --method supervised.")
    default:
      throw AnnealError(
        .data, "the row is no conversation",
        remedy: "Hosted models learn answers to messages; give rows with a prompt and an answer.")
    }
  }

  private static func supervised(_ conversation: Conversation) throws -> JSON {
    var messages = try conversation.openAIMessages()
    try check(messages, tools: conversation.openAITools)
    guard messages.last?["role"] == "assistant" else {
      throw AnnealError(
        .data,
        "the last message is the \(messages.last?["role"]?.string ?? "nobody")'s; "
          + "expected the assistant's", remedy: "End each row with the answer to learn.")
    }
    var learned = 0
    for (index, message) in conversation.messages.enumerated() where message.role == "assistant" {
      guard let weight = message.weight else {
        learned += 1
        continue
      }
      guard weight == 0 || weight == 1 else {
        throw AnnealError(
          .data, "messages[\(index)] has the weight \(weight); this API knows 0 and 1 only")
      }
      learned += weight == 1 ? 1 : 0
      messages[index] = messages[index].setting("weight", to: .integer(Int(weight)))
    }
    guard learned > 0 else {
      throw AnnealError(.data, "every answer has the weight 0, so that nothing is learned")
    }
    let row: JSON = ["messages": .array(messages)]
    return row.setting("tools", to: conversation.openAITools)
  }

  private static func preference(_ pair: PreferencePair) throws -> JSON {
    let prompt = try pair.prompt.openAIMessages()
    try check(prompt, tools: pair.prompt.openAITools)
    guard let last = prompt.last?["role"]?.string, ["user", "tool"].contains(last) else {
      throw AnnealError(
        .data,
        "the prompt ends with the \(prompt.last?["role"]?.string ?? "nobody")'s message; "
          + "expected the user's")
    }
    let chosen = try output(pair.chosen, "chosen")
    let rejected = try output(pair.rejected, "rejected")
    guard chosen != rejected else {
      throw AnnealError(.data, "the chosen and the rejected answer are the same")
    }
    let input: JSON = ["messages": .array(prompt)]
    return [
      "input": input.setting("tools", to: pair.prompt.openAITools),
      "preferred_output": [chosen], "non_preferred_output": [rejected],
    ]
  }

  private static func output(_ messages: [Message], _ name: String) throws -> JSON {
    let answers = try Conversation(messages).openAIMessages()
    guard answers.count == 1, let answer = answers.first, answer["role"] == "assistant",
      answer["content"]?.string?.isEmpty == false
    else {
      throw AnnealError(
        .data,
        "the \(name) answer has \(messages.count) messages; this API takes one message of "
          + "the assistant with a text")
    }
    return answer
  }
}

extension TuningRow {
  private static let roles = ["system", "developer", "user", "assistant", "tool"]

  /// Refuses messages that the API refuses.
  private static func check(_ messages: [JSON], tools: JSON?) throws {
    guard !messages.isEmpty else { throw AnnealError(.data, "there are no messages") }
    var calls: Set<String> = []
    for (index, message) in messages.enumerated() {
      func fault(_ words: String) -> AnnealError {
        AnnealError(.data, "messages[\(index)] \(words)")
      }
      let role = message["role"]?.string ?? ""
      guard roles.contains(role) else {
        throw fault("has the role '\(role)'; expected \(roles.joined(separator: ", "))")
      }
      for call in message["tool_calls"]?.array ?? [] {
        if let id = call["id"]?.string { calls.insert(id) }
        try checkName(call["function"]?["name"], fault)
      }
      if role == "tool", !calls.contains(message["tool_call_id"]?.string ?? "") {
        throw fault("answers a call of a tool that no message before it makes")
      }
      if role != "assistant", message["tool_calls"] != nil {
        throw fault("calls a tool, which only the assistant may")
      }
      try checkContent(message, fault)
    }
    for (index, tool) in (tools?.array ?? []).enumerated() {
      try checkName(tool["function"]?["name"]) { AnnealError(.data, "tools[\(index)] \($0)") }
    }
  }

  private static func checkContent(_ message: JSON, _ fault: (String) -> AnnealError) throws {
    let isCalling = message["tool_calls"] != nil
    switch message["content"] ?? .null {
    case .string(let text):
      // An empty question is allowed, though odd; an empty answer teaches to say nothing.
      if text.isEmpty, message["role"] == "assistant", !isCalling {
        throw fault("is an answer without a text")
      }
    case .array(let parts):
      let kinds = ["text", "image_url", "refusal", "input_audio", "file"]
      for part in parts where !kinds.contains(part["type"]?.string ?? "") {
        throw fault("has a part of the type '\(part["type"]?.string ?? "?")'")
      }
    case .null where isCalling || message["refusal"]?.string != nil: break
    case let other: throw fault("has \(other.kind) as content; expected a text")
    }
  }

  /// Refuses names of functions that the API refuses.
  private static func checkName(_ name: JSON?, _ fault: (String) -> AnnealError) throws {
    let text = name?.string ?? ""
    let isName =
      (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        let character = Character(Unicode.Scalar(byte))
        return byte < 0x80 && (character.isLetter || character.isNumber || "_-".contains(character))
      }
    guard isName else {
      throw fault("has a tool called '\(text)'; expected up to 64 letters, digits, _ or -")
    }
  }

  /// All texts that become tokens.
  var texts: [String] {
    let lists = [
      json["messages"], json["input"]?["messages"], json["preferred_output"],
      json["non_preferred_output"],
    ]
    let messages = lists.flatMap { $0?.array ?? [] }
    let said = messages.flatMap { message -> [String] in
      let parts = message["content"]?.array?.compactMap { $0["text"]?.string } ?? []
      let calls = (message["tool_calls"]?.array ?? []).compactMap { $0["function"]?.text(.spaced) }
      return [message["content"]?.string, message["name"]?.string].compactMap { $0 } + parts + calls
    }
    let tools = json["tools"] ?? json["input"]?["tools"]
    return said + (tools.map { [$0.text(.spaced)] } ?? [])
  }

  /// How many messages there are, all answers counted.
  var messageCount: Int {
    ["messages", "preferred_output", "non_preferred_output"]
      .reduce(json["input"]?["messages"]?.array?.count ?? 0) { $0 + (json[$1]?.array?.count ?? 0) }
  }
}

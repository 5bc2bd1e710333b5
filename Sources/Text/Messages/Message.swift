public import AnnealFiles
public import OrderedCollections

/// One message of a conversation, in the shape of OpenAI's chat format.
///
/// All members are kept in the order they came in, also those that nothing here knows
/// (`reasoning_content`, `thinking`…): chat templates may ask for any of them.
public struct Message: Sendable, Hashable {
  /// What a chat template sees of the message.
  public var fields: OrderedDictionary<String, JSON>
  /// How much the message counts in training; 0 leaves it out, nil is 1.
  public var weight: Double?

  /// A message of `text`.
  public init(role: String, text: String) {
    self.init(role: role, content: .string(text))
  }

  /// A message whose `content` is a string, an array of parts, or null.
  public init(role: String, content: JSON) {
    fields = ["role": .string(role), "content": content]
  }

  /// The message that a JSON object holds.
  ///
  /// - Throws: `AnnealError` when `json` is no object or has no `role`.
  public init(json: JSON) throws {
    guard let members = json.object else {
      throw AnnealError(.data, "a message must be an object, not \(json.kind)")
    }
    guard members["role"]?.string != nil else {
      throw AnnealError(
        .data, "a message needs a role",
        remedy: "Give each message a \"role\" such as \"user\" or \"assistant\".")
    }
    fields = members
    if let weight = fields.removeValue(forKey: "weight") {
      guard weight.isNull || weight.number != nil else {
        throw AnnealError(.data, "a message's weight must be a number, not \(weight.kind)")
      }
      self.weight = weight.number
    }
  }

  /// A message from the user.
  public static func user(_ text: String) -> Message { Message(role: "user", text: text) }
  /// A message from the assistant.
  public static func assistant(_ text: String) -> Message {
    Message(role: "assistant", text: text)
  }
  /// A message that sets the scene.
  public static func system(_ text: String) -> Message { Message(role: "system", text: text) }
}

extension Message {
  /// Who speaks: `system`, `user`, `assistant`, `tool`, or what the data calls it.
  public var role: String {
    get { fields["role"]?.string ?? "" }
    set { fields["role"] = .string(newValue) }
  }

  /// What is said: a string, an array of parts, or null.
  public var content: JSON {
    get { fields["content"] ?? .null }
    set { fields["content"] = newValue }
  }

  /// The calls of tools that the message makes, as the data has them.
  public var toolCalls: JSON? {
    get { fields["tool_calls"].flatMap(\.unlessNull) }
    set { fields["tool_calls"] = newValue }
  }

  /// The speaker's or tool's name.
  public var name: String? {
    get { fields["name"]?.string }
    set { fields["name"] = newValue.map(JSON.string) }
  }

  /// Which call of a tool the message answers.
  public var toolCallID: String? {
    get { fields["tool_call_id"]?.string }
    set { fields["tool_call_id"] = newValue.map(JSON.string) }
  }

  /// The text of the content; parts that are text are put together, others are left out.
  public var text: String {
    if let text = content.string { return text }
    return (content.array ?? []).compactMap { $0.string ?? $0["text"]?.string }.joined()
  }

  /// The message as JSON, with its weight when it has one.
  public var json: JSON {
    var members = fields
    if let weight { members["weight"] = .number(weight) }
    return .object(members)
  }
}

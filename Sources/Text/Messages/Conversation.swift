public import AnnealFiles

/// Messages in order, and the tools that may be called in them.
public struct Conversation: Sendable, Hashable {
  /// The messages, oldest first.
  public var messages: [Message]
  /// The tools, an array of JSON schemas.
  public var tools: JSON?
  /// More that a chat template may ask for, such as `enable_thinking` or `documents`.
  public var variables: [String: JSON]

  /// A conversation.
  public init(
    _ messages: [Message] = [], tools: JSON? = nil, variables: [String: JSON] = [:]
  ) {
    self.messages = messages
    self.tools = tools
    self.variables = variables
  }

  /// A conversation that begins with a question.
  public init(system: String? = nil, user: String) {
    self.init((system.map { [.system($0)] } ?? []) + [.user(user)])
  }

  /// The conversation that a JSON array of messages, or an object with `messages`, holds.
  ///
  /// - Throws: `AnnealError` that names the message at fault.
  public init(json: JSON) throws {
    guard let elements = (json["messages"] ?? json).array else {
      throw AnnealError(.data, "a conversation must be an array of messages, not \(json.kind)")
    }
    messages = try elements.enumerated().map { index, element in
      do { return try Message(json: element) } catch var error as AnnealError {
        error.message = "messages[\(index)]: \(error.message)"
        throw error
      }
    }
    tools = json["tools"].flatMap(\.unlessNull)
    variables = [:]
  }
}

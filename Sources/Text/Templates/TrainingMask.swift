/// Which part of a conversation a model learns to say.
public enum TrainingMask: Sendable, Hashable {
  /// What the assistant says, each turn with the token that ends it.
  case assistant
  /// Only the assistant's last turn.
  case lastAssistantOnly
  /// What these roles say; for roles other than `assistant`, with the header of the turn, which no
  /// template tells apart.
  case roles([String])
  /// Everything.
  case everything

  /// The messages to learn from, by their place; nil for the whole text.
  func turns(of messages: [Message]) -> [Int]? {
    let chosen: [Int]
    switch self {
    case .everything: return nil
    case .assistant: chosen = messages.indices.filter { messages[$0].role == "assistant" }
    case .lastAssistantOnly:
      chosen = messages.indices.last { messages[$0].role == "assistant" }.map { [$0] } ?? []
    case .roles(let roles): chosen = messages.indices.filter { roles.contains(messages[$0].role) }
    }
    return chosen.filter { messages[$0].weight != 0 }
  }
}

/// A conversation or text as a model is trained on it.
public struct EncodedConversation: Sendable, Hashable {
  /// The ids.
  public var ids: [Int]
  /// For each id, whether the model is to learn to say it.
  public var lossMask: [Bool]

  /// Ids and their mask, of equal length.
  public init(ids: [Int], lossMask: [Bool]) {
    self.ids = ids
    self.lossMask = lossMask
  }

  /// Whether there is anything to learn.
  public var teaches: Bool { lossMask.contains(true) }
}

/// What a model is trained on of one conversation or text.
public struct EncodedExamples: Sendable, Hashable {
  /// The examples.
  public var examples: [EncodedConversation]
  /// Whether each is the beginning of a conversation with one turn to learn, for the chat template
  /// writes turns differently once others follow.
  public var isTurnByTurn: Bool
  /// Whether an answer is learned without all that ends its prompt, for the chat template does not
  /// begin the answer with it.
  public var leavesOutOpening: Bool

  /// Examples.
  public init(
    _ examples: [EncodedConversation], isTurnByTurn: Bool = false, leavesOutOpening: Bool = false
  ) {
    self.examples = examples
    self.isTurnByTurn = isTurnByTurn
    self.leavesOutOpening = leavesOutOpening
  }
}

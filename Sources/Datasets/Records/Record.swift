public import AnnealText

/// What a row says, whatever the format it came in.
public enum Record: Sendable {
  /// Turns of a conversation; the assistant's are learned.
  case conversation(Conversation)
  /// A text to go on from, and how it goes on; the latter is learned.
  case completion(prompt: String, completion: String)
  /// A text, learned as a whole.
  case text(String)
}

internal import AnnealFiles
internal import AnnealText

extension Record {
  /// What is asked and what is answered; nil for a text alone.
  var exchange: (prompt: String, answer: String)? {
    switch self {
    case .conversation(let conversation): Self.exchange(conversation.messages)
    case .completion(let prompt, let completion): (prompt, completion)
    case .feedback(let feedback): Self.exchange(feedback.conversation.messages)
    case .preference(let pair): Self.exchange(pair.prompt.messages + pair.chosen)
    case .steps(let steps): (steps.prompt, steps.steps.joined(separator: "\n"))
    case .text: nil
    }
  }

  private static func exchange(_ messages: [Message]) -> (prompt: String, answer: String)? {
    guard let last = messages.lastIndex(where: { $0.role == "assistant" }) else { return nil }
    let calls = messages[last].toolCalls?.text() ?? ""
    let prompt = messages[..<last].map { "\($0.role): \($0.text)" }.joined(separator: "\n")
    return (prompt, messages[last].text + calls)
  }
}

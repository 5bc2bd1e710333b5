public import AnnealText

/// What a row says, whatever the format it came in.
public enum Record: Sendable {
  /// Turns of a conversation; the assistant's are learned.
  case conversation(Conversation)
  /// A text to go on from, and how it goes on; the latter is learned.
  case completion(prompt: String, completion: String)
  /// A text, learned as a whole.
  case text(String)
  /// Two answers to one prompt, the better and the worse.
  case preference(PreferencePair)
  /// A conversation, and whether its last answer is wanted.
  case feedback(Feedback)
  /// A solution in steps, each right or wrong.
  case steps(JudgedSteps)
}

/// Two answers to one prompt, of which one was chosen.
public struct PreferencePair: Sendable, Hashable {
  /// The messages before the answers, and the tools.
  public var prompt: Conversation
  /// The better answer: one message or more, the last one the assistant's.
  public var chosen: [Message]
  /// The worse answer.
  public var rejected: [Message]

  /// A pair of answers to `prompt`.
  public init(prompt: Conversation, chosen: [Message], rejected: [Message]) {
    self.prompt = prompt
    self.chosen = chosen
    self.rejected = rejected
  }
}

/// A conversation whose last answer was found good or bad.
public struct Feedback: Sendable, Hashable {
  /// The conversation with the answer.
  public var conversation: Conversation
  /// Whether such answers are wanted.
  public var isDesirable: Bool

  /// What was said of `conversation`'s last answer.
  public init(_ conversation: Conversation, isDesirable: Bool) {
    self.conversation = conversation
    self.isDesirable = isDesirable
  }
}

/// A solution in steps, with a judgement of each.
public struct JudgedSteps: Sendable, Hashable {
  /// The problem.
  public var prompt: String
  /// The steps in order.
  public var steps: [String]
  /// Whether each step is right.
  public var labels: [Bool]

  /// The `steps` that solve `prompt`, and whether each is right.
  public init(prompt: String, steps: [String], labels: [Bool]) {
    self.prompt = prompt
    self.steps = steps
    self.labels = labels
  }
}

extension Record {
  /// Why supervised training cannot learn from this record, and what to do; nil when it can.
  ///
  /// Which of two answers is better, or how good one is, is not a text to learn.
  public var unlearnable: (reason: String, remedy: String)? {
    switch self {
    case .conversation, .completion, .text: nil
    case .preference:
      (
        "the row is a pair of a chosen and a rejected answer, which one answer's loss cannot learn",
        "To learn the chosen answers alone, give type: prompt-response and field_map: "
          + "{response: chosen}."
      )
    case .feedback:
      (
        "the row is an answer with a verdict (good or bad), which its loss alone would ignore",
        "To learn all answers whatever the verdict, give type: messages (or prompt-completion)."
      )
    case .steps:
      (
        "the row is a solution with a verdict on each step, which no supervised stage learns",
        "Give rows with whole answers, such as prompt and completion."
      )
    }
  }
}

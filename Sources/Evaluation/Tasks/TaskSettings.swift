/// How tasks are run; what is not given is the task's own.
public struct TaskSettings: Sendable {
  /// Examples before each question; nil for the task's own number.
  public var fewShot: Int?
  /// Only so many rows, from the first.
  public var limit: Int?
  /// The split to measure, in place of the task's own.
  public var split: String?
  /// Seeds the choice of examples, and sampling.
  public var seed: UInt64 = 1234
  /// Whether prompts are written by the model's chat template.
  public var usesChatTemplate = false
  /// Whether examples are turns of the conversation, rather than a part of the question; of no
  /// meaning without a chat template.
  public var isMultiTurn = true
  /// A text that comes first, as the system message of a conversation.
  public var systemInstruction: String?
  /// How often rows are drawn again for standard errors of what is no mean.
  public var resamples = 100
  /// Whether programs that the model writes may be run.
  public var allowsCode = false
  /// How many tokens a pass reads at most.
  public var tokensPerBatch = 4096
  /// Whether every row's prompt and answers are kept.
  public var keepsSamples = false

  /// The tasks' own settings.
  public init() {}
}

public import AnnealFiles

/// Something that answers in a conversation: a model on this machine, or one behind a network.
///
/// Judges and teachers are chat models too, so that any can be put in any other's place.
public protocol ChatModel: Sendable {
  /// What to call the model in a report.
  var name: String { get }

  /// What its answers depend on beside question and options: of two models with the same identity,
  /// one may give the stored replies of the other.
  var identity: String { get }

  /// The next message of `conversation`.
  func reply(to conversation: Conversation, options: ReplyOptions) async throws -> Message

  /// The next message of `conversation`, with what it took.
  func answer(to conversation: Conversation, options: ReplyOptions) async throws -> Reply
}

/// How a chat model is to answer.
public struct ReplyOptions: Sendable, Hashable {
  /// The form of an answer.
  public enum Format: Sendable, Hashable {
    /// Any text.
    case text
    /// Any JSON object.
    case json
    /// JSON that fits a schema; the name is told to the model.
    case schema(name: String, JSON)
  }

  /// The most tokens of the answer.
  public var maximumTokens: Int
  /// How much chance decides: 0 takes the likeliest token, 1 follows the model's probabilities.
  public var temperature: Double
  /// The share of probability that tokens are drawn from, above 0 and at most 1.
  public var topP: Double
  /// Where chance starts from; nil leaves it to the model.
  public var seed: UInt64?
  /// Texts at which the answer ends, themselves left out.
  public var stop: [String]
  /// The form that the answer is held to.
  public var format: Format

  /// Options; as they stand, the likeliest answer of at most 512 tokens.
  public init(
    maximumTokens: Int = 512, temperature: Double = 0, topP: Double = 1, seed: UInt64? = nil,
    stop: [String] = [], format: Format = .text
  ) {
    self.maximumTokens = maximumTokens
    self.temperature = temperature
    self.topP = topP
    self.seed = seed
    self.stop = stop
    self.format = format
  }
}

extension ChatModel {
  /// The name: models that are called alike answer alike.
  public var identity: String { name }

  /// The next message of `conversation`, with the options as they stand.
  public func reply(to conversation: Conversation) async throws -> Message {
    try await reply(to: conversation, options: ReplyOptions())
  }

  /// The next message of `conversation` and the seconds it took; nothing is known of its tokens.
  public func answer(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Reply {
    let clock = ContinuousClock()
    let start = clock.now
    let message = try await reply(to: conversation, options: options)
    return Reply(message, seconds: start.duration(to: clock.now) / .seconds(1))
  }
}

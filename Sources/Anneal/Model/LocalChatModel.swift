internal import AnnealInference
public import AnnealText

/// A model of this machine as a chat model: a judge or a teacher that needs no network.
public actor LocalChatModel: ChatModel {
  /// What to call it in a report.
  public nonisolated let name: String
  /// What its answers depend on beside question and options.
  public nonisolated let identity: String
  private let model: LanguageModel

  /// A chat model over `model`, which nothing else may use from then on.
  ///
  /// - Parameter identity: what tells it from other models in a store of replies; the name by default.
  public init(_ model: sending LanguageModel, name: String, identity: String? = nil) {
    self.model = model
    self.name = name
    self.identity = identity ?? name
  }

  /// The model's next message; requests wait for one another.
  public func reply(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Message {
    try await answer(to: conversation, options: options).message
  }

  /// The model's next message, with its tokens and seconds.
  public func answer(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Reply {
    let sampling = SamplingSettings(
      temperature: options.temperature, topP: options.topP, seed: options.seed ?? 0)
    let request = try model.request(
      for: conversation, sampling: sampling, maxNewTokens: options.maximumTokens,
      stop: options.stop)
    let clock = ContinuousClock()
    let start = clock.now
    let generation = try model.engine.generate(request)
    return Reply(
      .assistant(generation.text), finishReason: "\(generation.finishReason)",
      usage: TokenUsage(prompt: request.prompt.count, completion: generation.ids.count),
      seconds: start.duration(to: clock.now) / .seconds(1))
  }
}

internal import AnnealInference
public import AnnealText

/// A model of this machine as a chat model: a judge or a teacher that needs no network.
public actor LocalChatModel: ChatModel {
  /// What to call it in a report.
  public nonisolated let name: String
  private let model: LanguageModel

  /// A chat model over `model`, which nothing else may use from then on.
  public init(_ model: sending LanguageModel, name: String) {
    self.model = model
    self.name = name
  }

  /// The model's next message; requests wait for one another.
  public func reply(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Message {
    let sampling = SamplingSettings(
      temperature: options.temperature, topP: options.topP, seed: options.seed ?? 0)
    let request = try model.request(
      for: conversation, sampling: sampling, maxNewTokens: options.maximumTokens,
      stop: options.stop)
    return .assistant(try model.engine.generate(request).text)
  }
}

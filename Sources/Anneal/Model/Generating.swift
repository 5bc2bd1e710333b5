public import AnnealEvaluation
public import AnnealDatasets
public import AnnealInference
public import AnnealText
internal import AnnealNeural
internal import AnnealTorch

extension LanguageModel {
  /// An engine over the model and the adapter that is on.
  public var engine: Engine { Engine(network, tokenizer: tokenizer, attachments: attachments) }

  /// A request for the assistant's next message.
  public func request(
    for conversation: Conversation, sampling: SamplingSettings = .greedy, maxNewTokens: Int = 256,
    stop: [String] = []
  ) throws -> GenerationRequest {
    let prompt = try encoder.encode(conversation, addGenerationPrompt: true).ids
    return GenerationRequest(
      prompt: prompt, sampling: sampling, maxNewTokens: maxNewTokens,
      endOfTurn: encoder.endOfTurn, stop: stop)
  }

  /// A request for what follows a raw prompt, without the chat template.
  public func request(
    continuing prompt: String, sampling: SamplingSettings = .greedy, maxNewTokens: Int = 256
  ) -> GenerationRequest {
    GenerationRequest(
      prompt: encoder.encode(prompt: prompt), sampling: sampling, maxNewTokens: maxNewTokens,
      endOfTurn: encoder.endOfTurn)
  }

  /// The assistant's next message.
  ///
  /// - Parameter onText: called with every piece of text as it comes; returning false ends the reply.
  public func reply(
    to conversation: Conversation, sampling: SamplingSettings = .greedy, maxNewTokens: Int = 256,
    onText: (String) -> Bool = { _ in true }
  ) throws -> Generation {
    try engine.generate(
      request(for: conversation, sampling: sampling, maxNewTokens: maxNewTokens), onText: onText)
  }

  /// The loss on `examples`, nats a loss-bearing token.
  ///
  /// - Parameters:
  ///   - byRow: whether to keep what each row adds, for intervals.
  ///   - progress: told how many rows are measured; an error it throws ends the work.
  public func loss(
    on examples: [Example], byRow: Bool = false, progress: (Int) throws -> Void = { _ in }
  ) throws -> LossMetrics {
    try network.loss(on: examples, attachments: attachments, byRow: byRow, progress: progress)
  }

  /// The log-probability of every token of `ids` after the first, nats.
  public func logProbabilities(of ids: [Int]) throws -> [Double] {
    guard ids.count > 1 else { return [] }
    let limit = network.configuration.maximumPositions
    guard ids.count <= limit else {
      throw AnnealError(
        .data, "the text has \(ids.count) tokens; the model \(limit) positions",
        remedy: "Score it in parts.")
    }
    return try Torch.checked {
      withoutGradient {
        var pass = Pass.document(ids.count - 1, on: network.device)
        pass.attachments = attachments
        let hidden = network.hiddenStates(
          Tensor(Array(ids.dropLast())).to(network.device), in: pass)
        let result = network.head.crossEntropy(
          hidden, targets: Tensor(Array(ids.dropFirst())).to(network.device),
          wantsLogProbabilities: true)
        return result.logProbabilities?.floats().map(Double.init) ?? []
      }
    }
  }
}

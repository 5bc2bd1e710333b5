public import AnnealDatasets
public import AnnealEvaluation
public import AnnealFiles
internal import AnnealInference
internal import AnnealText

/// A model's loss and replies on the rows of a data file.
public struct Examination: Sendable {
  /// Loss, perplexity and token accuracy over what the rows want said.
  public var loss: LossMetrics
  /// A row's reply beside its reference, for rows that have one.
  public var replies: [Reply]
  /// The metrics of the replies, over the rows of `replies` in their order.
  public var scores: [MeasuredMetric]

  /// A reply and what was hoped for.
  public struct Reply: Sendable {
    /// The last user message.
    public var prompt: String
    /// What was hoped for.
    public var reference: String
    /// What the model said.
    public var reply: String
  }

  /// The replies' metric called `name`; nil when it was not asked for or no reply has it.
  public func score(_ name: String) -> MeasuredMetric? {
    scores.first { $0.name == name && $0.measuredRows > 0 }
  }

  /// The metrics as the command line reports them.
  public var json: JSON {
    var members: [(String, JSON)] = [
      ("loss", .number(loss.loss)), ("perplexity", .number(loss.perplexity)),
      ("token_accuracy", .number(loss.tokenAccuracy)),
    ]
    if let interval = loss.lossInterval { members.append(("loss_interval", interval.json)) }
    for score in scores where score.measuredRows > 0 {
      members.append((score.name, .number(score.value)))
      members.append((score.name + "_interval", score.interval.json))
      if let details = score.details { members.append((score.name + "_details", details)) }
    }
    return JSON(members: members)
  }
}

extension Interval {
  /// The bounds, `[low, high]`.
  var json: JSON { [.number(low), .number(high)] }
}

extension LanguageModel {
  /// Measures the model, with the adapter that is on, on `records`.
  ///
  /// - Parameters:
  ///   - examples: the same records as examples, for the loss.
  ///   - metrics: names of reply metrics; none generates nothing.
  ///   - progress: told how many replies are done; an error it throws ends the examination.
  public func examine(
    _ records: [Record], examples: [Example], metrics: [String], maxNewTokens: Int = 256,
    registry: MetricRegistry = .builtin, progress: (Int) throws -> Void = { _ in }
  ) throws -> Examination {
    let chosen = try metrics.map { try registry.replyMetric($0) }
    let loss = try loss(on: examples, byRow: true)
    let questions =
      chosen.isEmpty ? [] : try records.compactMap { try Question($0, encoder: encoder) }
    // What is longer than the model cannot be answered: its reply is empty, and wrong.
    let limit = network.configuration.maximumPositions
    let asked = questions.indices.filter { questions[$0].ids.count < limit }
    let requests = asked.map {
      GenerationRequest(
        prompt: questions[$0].ids, maxNewTokens: maxNewTokens, endOfTurn: encoder.endOfTurn)
    }
    var replies = questions.map {
      Examination.Reply(prompt: $0.prompt, reference: $0.reference, reply: "")
    }
    for (place, generated) in zip(asked, try engine.generate(requests, progress: progress)) {
      replies[place].reply = generated.text
    }
    let answers = replies.map { reply in
      Answer(prompt: reply.prompt, references: [reply.reference], reply: reply.reply)
    }
    let scores = try chosen.map { try $0.measured(answers, resamples: 0) }
    return Examination(loss: loss, replies: replies, scores: scores)
  }
}

/// What a row asks, and the reply that is hoped for.
private struct Question {
  var prompt: String
  var reference: String
  var ids: [Int]

  /// Nil for raw text, which asks nothing, and for answers that are only compared or judged.
  init?(_ record: Record, encoder: ConversationEncoder) throws {
    switch record {
    case .text, .preference, .feedback, .steps: return nil
    case .completion(let prompt, let completion):
      self.init(prompt: prompt, reference: completion, ids: encoder.encode(prompt: prompt))
    case .conversation(let conversation):
      guard let last = conversation.messages.lastIndex(where: { $0.role == "assistant" }),
        let reference = conversation.messages[last].content.string
      else { return nil }
      var asked = conversation
      asked.messages = Array(conversation.messages[..<last])
      let prompt = asked.messages.last { $0.role == "user" }?.text ?? ""
      let ids = try encoder.encode(asked, addGenerationPrompt: true).ids
      self.init(prompt: prompt, reference: reference, ids: ids)
    }
  }

  private init(prompt: String, reference: String, ids: [Int]) {
    (self.prompt, self.reference, self.ids) = (prompt, reference, ids)
  }
}

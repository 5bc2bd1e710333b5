public import AnnealDatasets
public import AnnealEvaluation
public import AnnealFiles
internal import AnnealInference
internal import AnnealText

/// A model's loss and replies on the rows of a data file.
public struct Examination: Sendable {
  /// Loss, perplexity and token accuracy over what the rows want said.
  ///
  /// Nil for a model that does not tell its probabilities.
  public var loss: LossMetrics?
  /// A row's reply beside its reference, for rows that have one.
  public var replies: [Reply]
  /// The metrics of the replies, over the rows of `replies` in their order.
  public var scores: [MeasuredMetric]
  /// What the replies took; nil when none was asked for.
  public var effort: ReplyEffort?

  /// An examination.
  public init(
    loss: LossMetrics?, replies: [Reply], scores: [MeasuredMetric], effort: ReplyEffort? = nil
  ) {
    self.loss = loss
    self.replies = replies
    self.scores = scores
    self.effort = effort
  }

  /// A reply and what was hoped for.
  public struct Reply: Sendable {
    /// The last user message.
    public var prompt: String
    /// What was hoped for.
    public var reference: String
    /// What the model said.
    public var reply: String

    /// A reply.
    public init(prompt: String, reference: String, reply: String) {
      self.prompt = prompt
      self.reference = reference
      self.reply = reply
    }

    /// The reply as metrics and judges see it.
    var answer: Answer { Answer(prompt: prompt, references: [reference], reply: reply) }
  }

  /// The replies' metric called `name`; nil when it was not asked for or no reply has it.
  public func score(_ name: String) -> MeasuredMetric? {
    scores.first { $0.name == name && $0.measuredRows > 0 }
  }

  /// The metrics as the command line reports them.
  public var json: JSON {
    var members: [(String, JSON)] = []
    if let loss {
      members = [
        ("loss", .number(loss.loss)), ("perplexity", .number(loss.perplexity)),
        ("token_accuracy", .number(loss.tokenAccuracy)),
      ]
      if let interval = loss.lossInterval { members.append(("loss_interval", interval.json)) }
    }
    for score in scores where score.measuredRows > 0 {
      members.append((score.name, .number(score.value)))
      members.append((score.name + "_interval", score.interval.json))
      if let details = score.details { members.append((score.name + "_details", details)) }
    }
    if let effort { members.append(("replies", effort.json)) }
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
    let questions = chosen.isEmpty ? [] : records.compactMap(Question.init)
    let prompts = try questions.map { try $0.ids(encoder) }
    // What is longer than the model cannot be answered: its reply is empty, and wrong.
    let limit = network.configuration.maximumPositions
    let asked = prompts.indices.filter { prompts[$0].count < limit }
    let requests = asked.map {
      GenerationRequest(
        prompt: prompts[$0], maxNewTokens: maxNewTokens, endOfTurn: encoder.endOfTurn)
    }
    var replies = questions.map {
      Examination.Reply(prompt: $0.prompt, reference: $0.reference, reply: "")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let generations = try engine.generate(requests, progress: progress)
    let seconds = start.duration(to: clock.now) / .seconds(1)
    for (place, generated) in zip(asked, generations) { replies[place].reply = generated.text }
    let answers = replies.map(\.answer)
    return Examination(
      loss: loss, replies: replies,
      scores: try chosen.map { try $0.measured(answers, resamples: 0) },
      effort: requests.isEmpty
        ? nil
        : ReplyEffort(
          replies: requests.count, seconds: seconds,
          promptTokens: requests.reduce(0) { $0 + $1.prompt.count },
          replyTokens: generations.reduce(0) { $0 + $1.ids.count }))
  }
}

/// What a row asks, and the reply that is hoped for.
struct Question {
  /// The last user message, or the text that is gone on from.
  var prompt: String
  /// What is hoped for.
  var reference: String
  /// All that goes before the reply; nil for a text that is gone on from.
  var conversation: Conversation?

  /// Nil for raw text, which asks nothing, and for answers that are only compared or judged.
  init?(_ record: Record) {
    switch record {
    case .text, .preference, .feedback, .steps: return nil
    case .completion(let prompt, let completion):
      (self.prompt, reference) = (prompt, completion)
    case .conversation(var asked):
      guard let last = asked.messages.lastIndex(where: { $0.role == "assistant" }),
        let reference = asked.messages[last].content.string
      else { return nil }
      asked.messages.removeSubrange(last...)
      prompt = asked.messages.last { $0.role == "user" }?.text ?? ""
      self.reference = reference
      conversation = asked
    }
  }

  /// The prompt's ids.
  func ids(_ encoder: ConversationEncoder) throws -> [Int] {
    guard let conversation else { return encoder.encode(prompt: prompt) }
    return try encoder.encode(conversation, addGenerationPrompt: true).ids
  }
}

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
    /// What metrics may look at beside these; nil for nothing.
    public var facts: RowFacts?

    /// A reply.
    public init(prompt: String, reference: String, reply: String, facts: RowFacts? = nil) {
      self.prompt = prompt
      self.reference = reference
      self.reply = reply
      self.facts = facts
    }

    /// The reply as metrics and judges see it.
    var answer: Answer {
      Answer(
        prompt: prompt, references: [reference], reply: reply, fields: facts?.fields ?? [:],
        context: facts?.context)
    }
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
  ///   - facts: what metrics may look at beside the records, one a record; none where there is nothing.
  ///   - metrics: names of reply metrics; none generates nothing.
  ///   - progress: told how far it is; an error it throws ends the examination.
  public func examine(
    _ records: [Record], examples: [Example], facts: [RowFacts] = [], metrics: [String],
    maxNewTokens: Int = 256, registry: MetricRegistry = .builtin,
    progress: (ExaminationProgress) throws -> Void = { _ in }
  ) throws -> Examination {
    let chosen = try metrics.map { try registry.replyMetric($0) }
    let loss = try loss(on: examples, byRow: true) {
      try progress(ExaminationProgress(.loss, $0, of: examples.count))
    }
    guard loss.loss.isFinite else {
      throw AnnealError(
        .model, "the model's loss is \(loss.loss): its weights hold values that are no numbers",
        at: .init(file: folder), remedy: "Did its training diverge? Take an earlier checkpoint.")
    }
    let questions = Question.all(chosen.isEmpty ? [] : records, facts)
    let prompts = try questions.map { try $0.ids(encoder) }
    // What is longer than the model cannot be answered: its reply is empty, and wrong.
    let limit = network.configuration.maximumPositions
    let asked = prompts.indices.filter { prompts[$0].count < limit }
    let requests = asked.map {
      GenerationRequest(
        prompt: prompts[$0], maxNewTokens: maxNewTokens, endOfTurn: encoder.endOfTurn)
    }
    var replies = questions.map {
      Examination.Reply(
        prompt: $0.prompt, reference: $0.reference, reply: "", facts: $0.facts)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let generations = try engine.generate(requests) {
      try progress(ExaminationProgress(.replies, $0, of: requests.count))
    }
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
          replyTokens: generations.reduce(0) { $0 + $1.ids.count },
          cut: generations.count { $0.finishReason == .length },
          unasked: questions.count - requests.count))
  }
}

/// How far an examination is.
public struct ExaminationProgress: Sendable, Hashable {
  /// What is being done.
  public enum Part: String, Sendable, Hashable {
    /// The loss is measured, row by row.
    case loss = "rows measured"
    /// Replies are written.
    case replies
  }

  /// What is being done.
  public var part: Part
  /// How much of it.
  public var done: Int
  /// How much there is.
  public var total: Int

  init(_ part: Part, _ done: Int, of total: Int) {
    (self.part, self.done, self.total) = (part, done, total)
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
  /// What metrics may look at beside these.
  var facts: RowFacts?

  /// The questions of `records` that ask something.
  static func all(_ records: [Record], _ facts: [RowFacts]) -> [Question] {
    records.enumerated().compactMap { place, record in
      var question = Question(record)
      question?.facts = facts.indices.contains(place) ? facts[place] : nil
      return question
    }
  }

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

public import AnnealDatasets
public import AnnealEvaluation
internal import AnnealFiles
public import AnnealText

extension Examination {
  /// What `model`, wherever it runs, replies to the rows that ask something.
  ///
  /// Such a model tells no probabilities, so there is no loss.
  ///
  /// - Parameters:
  ///   - metrics: names of reply metrics.
  ///   - together: how many requests may be on their way at once.
  ///   - prices: what its tokens cost; nil where nothing is paid.
  ///   - progress: told how many replies are there; an error it throws ends the examination.
  public init(
    asking model: some ChatModel, _ records: [Record], metrics: [any ReplyMetric],
    maxNewTokens: Int = 256, together: Int = 4, prices: TokenPrices? = nil,
    progress: @Sendable (Int) throws -> Void = { _ in }
  ) async throws {
    let questions = records.compactMap(Question.init)
    let options = ReplyOptions(maximumTokens: maxNewTokens)
    let clock = ContinuousClock()
    let start = clock.now
    let answers = try await Concurrently.map(questions, together: together, progress: progress) {
      question in
      let conversation = question.conversation ?? Conversation(user: question.prompt)
      return try await model.answer(to: conversation, options: options)
    }
    let seconds = start.duration(to: clock.now) / .seconds(1)
    let replies = zip(questions, answers).map { question, answer in
      Examination.Reply(
        prompt: question.prompt, reference: question.reference, reply: answer.message.text)
    }
    let usage = answers.compactMap(\.usage).reduce(TokenUsage(), +)
    let latencies = answers.map(\.seconds).sorted()
    self.init(
      loss: nil, replies: replies,
      scores: try metrics.map { try $0.measured(replies.map(\.answer)) },
      effort: ReplyEffort(
        replies: answers.count, seconds: seconds,
        latency: latencies.isEmpty ? nil : latencies[latencies.count / 2],
        promptTokens: usage.prompt, replyTokens: usage.completion,
        cost: prices?.cost(of: usage)))
  }
}

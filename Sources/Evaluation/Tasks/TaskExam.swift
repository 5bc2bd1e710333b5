internal import AnnealFiles
internal import AnnealInference

/// A task's rows put to a model.
struct TaskExam {
  let task: TaskDefinition
  let settings: TaskSettings
  let model: TaskModel
  let rows: TaskRows
  let metrics: [any Metric]
  /// Told how much of how much is done, and of what.
  let progress: (Int, Int, String) throws -> Void

  /// What came of a task: metrics by the filter of replies, and what each row was asked.
  struct Outcome {
    var metrics: [(filter: String, metric: MeasuredMetric)]
    var samples: [JSON]
  }

  /// Asks every row, and measures.
  func outcome() throws -> Outcome {
    switch task.output {
    case .multipleChoice: try choices()
    case .logLikelihood: try continuations()
    case .rolling: try wholeTexts()
    case .generation: try replies()
    }
  }

  var prompts: TaskPrompts {
    TaskPrompts(task, settings, model: model, rows: rows)
  }

  func score(_ requests: [ScoringRequest]) throws -> [TokenScore] {
    var scorer = LikelihoodScorer(model: model.network, attachments: model.attachments)
    scorer.tokensPerBatch = settings.tokensPerBatch
    scorer.wantsGreedy = metrics.contains { type(of: $0).needs.contains(.greedy) }
    return try scorer.score(requests) { try progress($0, $1, "tokens") }
  }

  func request(_ context: String, _ continuation: String) throws -> ScoringRequest {
    guard let request = model.request(context, continuation) else {
      throw AnnealError(
        .data, "the answer '\(continuation.prefix(40))' has no tokens to score",
        remedy: "Check doc_to_choice, doc_to_target and target_delimiter.")
    }
    return request
  }

  /// A value as the number of one of `choices`.
  func index(_ value: JSON, in choices: [String]) throws -> Int {
    let index = value.integer ?? value.string.flatMap(choices.firstIndex)
    guard let index, choices.indices.contains(index) else {
      throw AnnealError(
        .data,
        "the right answer is \(value.text(.spaced).prefix(60)), but the choices are "
          + "\(choices.count): \(JSON.array(choices.map(JSON.string)).text(.spaced).prefix(120))",
        remedy: "Check doc_to_target: it is a choice's number from 0, or a choice itself.")
    }
    return index
  }
}

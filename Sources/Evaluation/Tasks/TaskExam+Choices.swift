internal import AnnealFiles

extension TaskExam {
  /// A row of a multiple choice, as pairs of context and continuation.
  private struct Question {
    var prompt: String
    var choices: [String]
    var pairs: [(context: String, continuation: String)]
    var gold: [Int]
  }

  /// Scores every choice of every row.
  func choices() throws -> Outcome {
    var prompts = self.prompts
    var questions: [Question] = []
    var requests: [ScoringRequest] = []
    let isRelative = metrics.contains { type(of: $0).needs.contains(.unconditional) }
    for (index, row) in rows.rows.enumerated() {
      try rows.located(index) {
        let question = try question(row, &prompts)
        requests += try question.pairs.map { try request($0.context, $0.continuation) }
        if isRelative { requests += try question.pairs.map { try request("", $0.continuation) } }
        questions.append(question)
      }
    }
    var scores = try score(requests)[...]
    let outcomes = questions.map { question in
      let own = scores.prefix(question.choices.count)
      scores = scores.dropFirst(own.count)
      let alone = isRelative ? Array(scores.prefix(own.count)) : nil
      scores = scores.dropFirst(alone?.count ?? 0)
      return ScoredChoices(
        choices: question.choices, logLikelihoods: own.map(\.logLikelihood),
        unconditional: alone?.map(\.logLikelihood), isGreedy: own.map(\.isGreedy),
        gold: question.gold)
    }
    let measured = try metrics.compactMap { $0 as? any ChoiceMetric }.map {
      try $0.measured(outcomes, resamples: settings.resamples)
    }
    return Outcome(
      metrics: measured.map { ("none", $0) },
      samples: zip(questions, outcomes).enumerated().map { sample($0, $1.0, $1.1) })
  }

  private func question(_ row: JSON, _ prompts: inout TaskPrompts) throws -> Question {
    let text = try task.texts.question(row, rows.columns)
    guard let choices = try task.texts.choices(row, rows.columns), !choices.isEmpty else {
      throw AnnealError(.data, "the row has no choices", remedy: "Check doc_to_choice.")
    }
    let target = try task.texts.answer(row, rows.columns)
    // A delimiter is a part of plain prompts only; a template ends where the answer begins.
    let delimiter = settings.usesChatTemplate ? "" : task.targetDelimiter
    let opening = try prompts.opening(row)
    if let right = text.integer {
      let continuation = delimiter + TaskTexts.plain(target)
      let pairs = try choices.map { choice in
        (context: try prompts.prompt(opening, choice), continuation: continuation)
      }
      let gold = try index(.integer(right), in: choices)
      return Question(prompt: pairs[gold].context, choices: choices, pairs: pairs, gold: [gold])
    }
    let prompt = try prompts.prompt(opening, TaskTexts.plain(text))
    return Question(
      prompt: prompt, choices: choices,
      pairs: choices.map { (context: prompt, continuation: delimiter + $0) },
      gold: try (target.array ?? [target]).map { try index($0, in: choices) })
  }

  private func sample(_ row: Int, _ question: Question, _ scored: ScoredChoices) -> JSON {
    [
      "row": .integer(row), "prompt": .string(question.prompt),
      "choices": .array(question.choices.map(JSON.string)),
      "target": .array(question.gold.map(JSON.integer)),
      "logprobs": .array(scored.logLikelihoods.map(JSON.number)),
      "likeliest": ScoredChoices.likeliest(scored.logLikelihoods).map(JSON.integer) ?? .null,
    ]
  }
}

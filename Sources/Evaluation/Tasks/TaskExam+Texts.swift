internal import AnnealFiles

extension TaskExam {
  /// Scores what follows the prompt of every row.
  func continuations() throws -> Outcome {
    var prompts = self.prompts
    var pairs: [(prompt: String, text: String)] = []
    var requests: [ScoringRequest] = []
    for (index, row) in rows.rows.enumerated() {
      try rows.located(index) {
        let question = TaskTexts.plain(try task.texts.question(row, rows.columns))
        let prompt = try prompts.prompt(prompts.opening(row), question)
        let text = TaskTexts.plain(try task.texts.answer(row, rows.columns))
        requests.append(try request(prompt, text))
        pairs.append((prompt, text))
      }
    }
    let outcomes = zip(pairs, try score(requests)).map { pair, score in
      ScoredText(
        text: pair.text, logLikelihood: score.logLikelihood, isGreedy: score.isGreedy)
    }
    return try measured(outcomes, prompts: pairs.map(\.prompt))
  }

  /// Scores the whole text of every row, in windows.
  func wholeTexts() throws -> Outcome {
    var texts: [String] = []
    var windows: [[ScoringRequest]] = []
    for (index, row) in rows.rows.enumerated() {
      try rows.located(index) {
        let text = TaskTexts.plain(try task.texts.answer(row, rows.columns))
        let own = model.windows(text)
        guard !own.isEmpty else {
          throw AnnealError(
            .data, "the text has no tokens to score", remedy: "Leave empty rows out of the file.")
        }
        texts.append(text)
        windows.append(own)
      }
    }
    var scores = try score(windows.flatMap { $0 })[...]
    let outcomes = zip(texts, windows).map { text, windows in
      let own = scores.prefix(windows.count)
      scores = scores.dropFirst(own.count)
      return ScoredText(
        text: text, logLikelihood: own.reduce(0) { $0 + $1.logLikelihood },
        isGreedy: own.allSatisfy(\.isGreedy))
    }
    return try measured(outcomes, prompts: texts.map { _ in "" })
  }

  private func measured(_ outcomes: [ScoredText], prompts: [String]) throws -> Outcome {
    let measured = try metrics.compactMap { $0 as? any LikelihoodMetric }.map {
      try $0.measured(outcomes, resamples: settings.resamples)
    }
    let samples = zip(prompts, outcomes).enumerated().map { row, sample -> JSON in
      [
        "row": .integer(row), "prompt": .string(sample.0), "target": .string(sample.1.text),
        "logprob": .number(sample.1.logLikelihood), "is_greedy": .bool(sample.1.isGreedy),
      ]
    }
    return Outcome(metrics: measured.map { ("none", $0) }, samples: samples)
  }
}

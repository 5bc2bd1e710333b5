internal import AnnealFiles
internal import AnnealInference
internal import AnnealText

extension TaskExam {
  private struct Question {
    var prompt: String
    var references: [String]
    var ids: [Int]
  }

  /// Has every row answered, filters the replies, and measures what each filter leaves.
  func replies() throws -> Outcome {
    var prompts = self.prompts
    var questions: [Question] = []
    for (index, row) in rows.rows.enumerated() {
      try rows.located(index) { questions.append(try question(row, &prompts)) }
    }
    let replies = try generate(questions)
    var metricsByFilter: [(filter: String, metric: MeasuredMetric)] = []
    var filtered: [[JSON]] = questions.map { _ in [] }
    for pipeline in task.filters {
      let answers = questions.indices.map { row in
        let kept = pipeline.steps.reduce(replies[row]) { $1.apply($0, rows.rows[row]) }
        filtered[row].append(["filter": .string(pipeline.name), "reply": .string(kept.first ?? "")])
        return Answer(
          prompt: questions[row].prompt, references: questions[row].references,
          reply: kept.first ?? "", fields: rows.rows[row])
      }
      metricsByFilter += try metrics.compactMap { $0 as? any ReplyMetric }.map {
        (pipeline.name, try $0.measured(answers, resamples: settings.resamples))
      }
    }
    let samples = questions.indices.map { row -> JSON in
      [
        "row": .integer(row), "prompt": .string(questions[row].prompt),
        "target": .array(questions[row].references.map(JSON.string)),
        "replies": .array(replies[row].map(JSON.string)), "filtered": .array(filtered[row]),
      ]
    }
    return Outcome(metrics: metricsByFilter, samples: samples)
  }

  private func question(_ row: JSON, _ prompts: inout TaskPrompts) throws -> Question {
    let text = TaskTexts.plain(try task.texts.question(row, rows.columns))
    let prompt = try prompts.prompt(prompts.opening(row), text)
    let target = try task.texts.answer(row, rows.columns)
    let choices = try task.texts.choices(row, rows.columns)
    let references = try (target.array ?? [target]).map { value in
      try choices.map { $0[try index(value, in: $0)] } ?? TaskTexts.plain(value)
    }
    let room = max(1, model.limit - task.generation.maxTokens)
    // What is longer than the model reads loses its beginning.
    let ids = Array(model.encode(prompt).suffix(room))
    guard let start = ids.first.map({ _ in ids }) ?? model.prefix.map({ [$0] }) else {
      throw AnnealError(.data, "the prompt is empty", remedy: "Check doc_to_text.")
    }
    return Question(prompt: prompt, references: references, ids: start)
  }

  /// The replies to each question, `repeats` of them, longest prompts first.
  private func generate(_ questions: [Question]) throws -> [[String]] {
    let engine = Engine(
      model.network, tokenizer: model.tokenizer, attachments: model.attachments)
    let order = questions.indices.sorted {
      (questions[$1].ids.count, $0) < (questions[$0].ids.count, $1)
    }
    let asked = order.flatMap { row in (0..<task.repeats).map { (row: row, turn: $0) } }
    let requests = asked.map { request(questions[$0.row], row: $0.row, turn: $0.turn) }
    let generated = try engine.generate(requests) { try progress($0, requests.count, "replies") }
    var replies = questions.map { _ in [String]() }
    for (place, generation) in zip(asked, generated) { replies[place.row].append(generation.text) }
    return replies
  }

  private func request(_ question: Question, row: Int, turn: Int) -> GenerationRequest {
    let own = task.generation
    let seed = SplitMix64.mix(
      settings.seed ^ SplitMix64.mix(UInt64(row) << 20 ^ UInt64(turn) &+ 1))
    let encoder = model.encoder
    return GenerationRequest(
      prompt: question.ids,
      sampling: SamplingSettings(
        temperature: own.temperature, topK: own.topK, topP: own.topP, seed: seed),
      maxNewTokens: min(own.maxTokens, max(1, model.limit - 1)),
      endOfTurn: settings.usesChatTemplate ? encoder.endOfTurn : encoder.endOfText,
      stop: own.until)
  }
}

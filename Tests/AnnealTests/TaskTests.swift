import Anneal
import AnnealEvaluation
import AnnealFiles
import TestSupport
import Testing

/// Tasks on the embedded base, against lm-evaluation-harness through a fixture of `make_tasks.py`.
@Suite(.serialized) struct TaskTests {
  private static let folder = Fixture.path("tasks")

  private func run(
    _ names: [String], _ change: (inout TaskSettings) -> Void = { _ in }
  ) throws -> [TaskResult] {
    let model = try LanguageModel.load(from: Checkout.path("Resources/base"), as: .float32)
    var settings = TaskSettings()
    settings.resamples = 200
    change(&settings)
    let tasks = try TaskCatalogue(folders: [Self.folder]).tasks(named: names)
    return try model.run(tasks, dataFolder: nil, settings: settings)
  }

  /// The rows of the expected file that say what was asked in a row, and what came.
  private func check(_ results: [TaskResult], _ section: String) throws {
    let expected = try JSON(contentsOf: Self.folder + "/expected.json")[section]
    for result in results {
      let name = result.task.name
      let entries = try #require(expected?["metrics"]?[name]?.array, "\(name)")
      #expect(!entries.isEmpty && !result.metrics.isEmpty)
      for (filter, metric) in result.metrics {
        let entry = try #require(
          entries.first {
            $0["metric"]?.string == metric.name && $0["filter"]?.string == filter
          }, "\(name): \(metric.name)")
        let value = try #require(entry["value"]?.number)
        // Equal to four decimals; perplexities relative to their size.
        #expect(abs(metric.value - value) < 5e-5 * max(1, abs(value)), "\(name): \(metric.name)")
        if let error = entry["standard_error"]?.number {
          let found = try #require(metric.standardError, "\(name): \(metric.name)")
          #expect(abs(found - error) < 5e-5 * max(1, error), "\(name): \(metric.name)")
        }
      }
      let rows = try #require(expected?["samples"]?[name]?.array)
      #expect(rows.count == result.samples.count)
      for (sample, row) in zip(result.samples, rows) {
        try check(sample, row, name, isChat: section == "chat")
      }
    }
  }

  private func check(_ sample: JSON, _ row: JSON, _ name: String, isChat: Bool) throws {
    let place = Comment(rawValue: "\(name), row \(row["row"] ?? .null)")
    if let prompt = row["prompt"]?.string, let own = sample["prompt"]?.string, !own.isEmpty {
      // A task whose answers are prompts keeps that of the right one.
      #expect(own == prompt || name == "tiny_sentences", place)
    }
    let answers = try #require(row["answers"]?.array)
    if let reply = sample["replies"]?[0]?.string, let answer = answers.first?.string {
      // By a template a reply ends with its turn; the reference goes on where the model's files do
      // not list that token among those that end a text.
      #expect(isChat ? answer.hasPrefix(reply) && !reply.isEmpty : answer == reply, place)
      return
    }
    let scores = sample["logprobs"]?.array ?? [sample["logprob"] ?? .null]
    for (score, answer) in zip(scores, answers) {
      let (found, wanted) = (try #require(score.number), try #require(answer.number))
      // Sums of float32 log-probabilities in another order.
      #expect(abs(found - wanted) < 2e-4 * max(1, abs(wanted) / 10), place)
    }
  }

  @Test(arguments: [
    "tiny_choices", "tiny_endings", "tiny_sums", "tiny_echo", "tiny_found", "tiny_texts",
    "tiny_last_word", "tiny_sentences", "tiny_truths",
  ])
  func `a task has the scores that lm-evaluation-harness gives`(name: String) throws {
    // The reference takes a hundred resamples at most for BLEU and chrF.
    try check(try run([name]) { $0.resamples = name == "tiny_echo" ? 100 : 200 }, "plain")
  }

  @Test func `prompts by the chat template have the same scores too`() throws {
    let results = try run(["tiny_choices", "tiny_sums", "tiny_sentences"]) {
      $0.usesChatTemplate = true
      $0.systemInstruction = "Be brief."
    }
    try check(results, "chat")
    let single = try run(["tiny_choices"]) {
      $0.usesChatTemplate = true
      $0.isMultiTurn = false
    }
    try check(single, "single_turn")
  }

  @Test func `a shared context and small batches change no score`() throws {
    let whole = try run(["tiny_endings", "tiny_choices"])
    let small = try run(["tiny_endings", "tiny_choices"]) { $0.tokensPerBatch = 1 }
    for (a, b) in zip(whole, small) {
      for (x, y) in zip(a.samples, b.samples) {
        let (first, second) = (x["logprobs"]?.array ?? [], y["logprobs"]?.array ?? [])
        #expect(first.count > 1)
        for (p, q) in zip(first, second) {
          #expect(abs((p.number ?? 0) - (q.number ?? 1)) < 1e-4)
        }
      }
    }
  }

  @Test func `the record names what was run, and samples can be kept`() throws {
    let model = try LanguageModel.load(from: Checkout.path("Resources/base"), as: .float32)
    var settings = TaskSettings()
    settings.limit = 2
    settings.fewShot = 1
    let tasks = try TaskCatalogue(folders: [Self.folder]).tasks(named: ["tiny_choices"])
    let results = try model.run(tasks, dataFolder: Self.folder, settings: settings)
    let record = TaskRecord(results, of: model, adapter: nil)
    let folder = try TemporaryFolder()
    let files = try record.write(to: folder.path + "/record", withSamples: true)
    #expect(files.map { Folder.name(of: $0) } == ["results.json", "samples_tiny_choices.jsonl"])
    let json = try JSON(contentsOf: files[0])
    let result = json["results"]?[0]
    #expect(result?["rows"] == 2 && result?["rows_of_split"] == 9 && result?["num_fewshot"] == 1)
    #expect(json["settings"]?["apply_chat_template"] == false)
    #expect(json["settings"]?["fewshot_seed"]?.string == "1234")
    for key in ["task_sha256", "samples_sha256"] {
      #expect(result?[key]?.string?.count == 64, "\(key)")
    }
    #expect(result?["data"]?.array?.count == 2)
    #expect(result?["data"]?[0]?["sha256"]?.string?.count == 64)
    let again = try model.run(tasks, dataFolder: Self.folder, settings: settings)
    #expect(again[0].samplesDigest == results[0].samplesDigest)
    settings.seed = 2
    let other = try model.run(tasks, dataFolder: Self.folder, settings: settings)
    #expect(other[0].samplesDigest != results[0].samplesDigest)
  }
}

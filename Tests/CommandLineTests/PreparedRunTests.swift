import Anneal
import AnnealFiles
import Foundation
import OrderedCollections
import TestSupport
import Testing

/// Runs on rows that were prepared before, and on several data sets.
@Suite struct PreparedRunTests {
  private func rows(_ name: String, _ count: Int) -> String {
    (1...count).map { #"{"prompt": "\#(name) \#($0)", "completion": " mat \#($0)"}"# + "\n" }
      .joined()
  }

  private func recipe(
    _ folder: TemporaryFolder, _ name: String, prepared: String, resume: Bool = false,
    more: String = ""
  ) throws -> Recipe {
    let first = try folder.write(rows("cat", 20), to: "first.jsonl")
    let second = try folder.write(rows("dog and cat", 8), to: "second.jsonl")
    return try Recipe(
      yaml: """
        model_name_or_path: \(folder.path)/model
        datasets: [{path: \(first)}, {path: \(second), weight: 2}]
        output_dir: \(folder.path)/\(name)
        dataset_prepared_path: \(prepared)
        max_steps: 8
        max_length: 64
        per_device_train_batch_size: 1
        logging_steps: 2
        eval_steps: 4
        save_steps: 4
        learning_rate: 1e-2
        dtype: float32
        threads: 1
        resume_from_checkpoint: \(resume)
        \(more)
        """)
  }

  private func result(_ folder: TemporaryFolder, _ name: String) throws -> [UInt8] {
    try fileBytes("\(folder.path)/\(name)/last/adapter_model.safetensors")
  }

  @Test func `what is wrong with a later data set is told before the first one is prepared`() throws
  {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    var good = try recipe(folder, "run", prepared: folder.path + "/kept")
    good.datasets[1].mapping.fields = ["completion": "complexion"]
    var notes: [String] = []
    #expect {
      _ = try PreparedData(good, tell: { notes.append($0) })
    } throws: { error in
      "\(error)".contains("second.jsonl") && "\(error)".contains("complexion")
    }
    #expect(notes.isEmpty && Folder.names(in: folder.path + "/kept").isEmpty)
  }

  @Test func `texts of which only the beginnings would be learned are refused`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let text = try folder.write(
      String(repeating: "the cat sat on the mat ", count: 99), to: "a.txt")
    var long = try recipe(folder, "run", prepared: "none")
    (long.datasets, long.valSize) = ([.init(path: text)], 0)
    #expect { _ = try PreparedData(long) } throws: { "\($0)".contains("stage: pt") }
    long.stage = .pt
    _ = try PreparedData(long)
  }

  @Test func `a run on prepared rows ends with the bytes of one that prepared them itself`() throws
  {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    var told: [[String]] = []
    for (name, prepared) in [("none", "none"), ("made", "kept"), ("found", "kept")] {
      let place = prepared == "none" ? prepared : folder.path + "/" + prepared
      var notes: [String] = []
      let run = TrainingRun(
        try recipe(folder, name, prepared: place),
        tell: { event in if case .note(let text) = event { notes.append(text) } })
      _ = try run.run()
      told.append(notes.filter { $0.contains("first.jsonl: prepared") })
    }
    #expect(told[0].isEmpty)
    #expect(told[1].first?.contains("kept in") == true)
    #expect(told[2].first?.contains("prepared before (20 rows") == true)
    let isSame = try result(folder, "none") == result(folder, "made")
    #expect(isSame)
    let isSameAgain = try result(folder, "none") == result(folder, "found")
    #expect(isSameAgain)
  }

  @Test func `a mix goes on exactly, with losses and shares of each data set`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let more = "mix_strategy: interleave_all_exhausted\ninterleave_probs: [1, 1]"
    let summary = try TrainingRun(
      try recipe(folder, "whole", prepared: "none", more: more)
    ).run()
    var done = 0
    let broken = TrainingRun(
      try recipe(folder, "broken", prepared: "none", more: more), shouldStop: { done >= 5 },
      tell: { event in if case .step(let report, _, _) = event { done = report.step } })
    #expect(throws: AnnealError.self) { _ = try broken.run() }
    _ = try TrainingRun(
      try recipe(folder, "broken", prepared: "none", resume: true, more: more)
    ).run()
    let isSame = try result(folder, "whole") == result(folder, "broken")
    #expect(isSame)
    let tables = try ["whole", "broken"].map {
      String(decoding: try fileBytes("\(folder.path)/\($0)/datasets.csv"), as: UTF8.self)
    }
    #expect(tables[0] == tables[1])
    let lines = tables[0].split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines[0].joined(separator: " ") == "step dataset loss tokens trained_tokens share")
    #expect(Set(lines.dropFirst().map { $0[1].suffix(12) }).count == 2)
    let sets = try #require(summary["datasets"]?.array)
    #expect(sets.count == 2)
    let trained = sets.compactMap { $0["trained_tokens"]?.integer }
    #expect(trained.reduce(0, +) == summary["trained_tokens"]?.integer)
    // The parts' losses make that of the whole.
    let metrics = String(
      decoding: try fileBytes("\(folder.path)/whole/metrics.csv"), as: UTF8.self
    ).split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let column = try #require(metrics[0].firstIndex(of: "loss"))
    let loss = try #require(metrics.first { $0[0] == "2" }.flatMap { Double($0[column]) })
    let parts = lines.dropFirst().filter { $0[0] == "2" }
    let sum = parts.reduce(0) { $0 + (Double($1[2]) ?? .nan) * (Double($1[4]) ?? .nan) }
    let tokens = parts.reduce(0) { $0 + (Double($1[4]) ?? .nan) }
    // Float32 log-probabilities, summed in another order.
    #expect(abs(sum / tokens - loss) < 1e-4 * abs(loss))
  }

  @Test func `keys of a mix that do not fit are errors`() throws {
    let folder = try TemporaryFolder()
    for (more, words) in [
      ("interleave_probs: [1, 2]", "concatenate"),
      ("mix_strategy: temperature\ninterleave_probs: [1]", "1 numbers for 2 datasets"),
      ("mix_strategy: shuffle", "interleave_first_exhausted"),
      ("mix_strategie: temperature", "mix_strategy"),
    ] {
      #expect {
        _ = try recipe(folder, "run", prepared: "none", more: more)
      } throws: { "\($0)".contains(words) }
    }
  }

  @Test func `a recipe's rows are prepared once for all its runs`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let data = try folder.write(rows("cat", 20), to: "rows.jsonl")
    let recipe = try folder.write(
      """
      model_name_or_path: \(folder.path)/model
      datasets: \(data)
      output_dir: \(folder.path)/run
      dataset_prepared_path: \(folder.path)/kept
      max_steps: 2
      max_length: 64
      dtype: float32
      """, to: "recipe.yaml")
    let made = try CommandLineProgram.run("data", "prepare", recipe, "--json")
    #expect(made.status == 0, "\(made.errors)")
    let json = try JSON(parsing: made.output)
    #expect(json["rows"] == 20 && json["training"]?["examples"] == 18)
    #expect(made.errors.contains("rows.jsonl: prepared 20 rows"), "\(made.errors)")
    let trained = try CommandLineProgram.run("train", recipe)
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.errors.contains("prepared before (20 rows"), "\(trained.errors)")
    let without = try CommandLineProgram.run("train", recipe, "--no-cache", "--overwrite")
    #expect(without.status == 0 && !without.errors.contains("prepared before"), "\(without.errors)")
    let neither = try CommandLineProgram.run("data", "prepare", data)
    #expect(neither.status == 2 && neither.errors.contains("--output"), "\(neither.errors)")
  }
}

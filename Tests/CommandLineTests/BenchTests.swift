import Anneal
import AnnealFiles
import TestSupport
import Testing

/// `anneal bench train` and `anneal bench generate` on a tiny model.
@Suite struct BenchTests {
  private func train(
    _ model: String, _ arguments: String...
  ) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(
      all: [
        "bench", "train", "--json", "--model", model, "--tokens", "32", "--batch", "2", "--steps",
        "3", "--dtype", "float32", "--set", "lora_rank=4", "--set",
        "gradient_accumulation_steps=1",
      ] + arguments)
  }

  @Test func `a training benchmark counts its operations and names the parts of a step`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let outcome = try train(
      model, "--threads", "1", "--set", "offload=activations", "--set", "memory_limit=1GB")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try JSON(parsing: outcome.output)
    #expect(json["tokens"] == 64)
    // Two blocks of 1920 values, 928 of LoRA beside each; see StepOperationsTests. 62 losses.
    let weights = (2 * 2 * 1920 + 2 * (1408 + 1920)) * 64
    let lora = (6 * 2 * 928 - 2 * 3 * 64) * 64
    let attention = 2 * 6 * 16 * 2 * 32 * 32
    let head = 2 * 2 * 300 * 16 * 62
    #expect(json["flops_per_step"]?.number == Double(weights + lora + attention + head))
    #expect(json["trained_parameters"] == .integer(2 * 928))
    #expect(json["threads"] == 1)
    let share = try #require(json["fraction_of_matmul"]?.number)
    #expect(share > 0 && share < 1)
    #expect((json["peak_bytes"]?.integer ?? 0) > 0)
    for part in ["data", "attention", "feed_forward", "head", "optimizer"] {
      #expect((json["seconds_by_part"]?[part]?.number ?? 0) > 0, "\(part)")
    }
  }

  @Test(arguments: [
    (["--set", "packing=true"], "--set packing changes nothing that is measured"),
    (["--set", "max_steps=3"], "--set max_steps changes nothing that is measured"),
    (["--set", "save_steps=3"], "--set save_steps changes nothing that is measured"),
    (["--threads", "100000"], "from 1 to 1024"),
    (["--set", "threads=100000"], "from 1 to 1024"),
  ])
  func `settings without meaning or beyond sense are refused`(
    arguments: [String], message: String
  ) throws {
    let outcome = try CommandLineProgram.run(
      all: ["bench", "train", "--model", "nowhere"] + arguments)
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test func `a limit of memory that does not hold a step ends the benchmark`() throws {
    let folder = try TemporaryFolder()
    let outcome = try train(try tinyModelFolder(folder), "--set", "memory_limit=20KB")
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("memory"), "\(outcome.errors)")
  }

  @Test func `a generation benchmark reports rates`() throws {
    let folder = try TemporaryFolder()
    let outcome = try CommandLineProgram.run(
      "bench", "generate", "--json", "--model", try tinyModelFolder(folder), "--prompt-tokens", "8",
      "--new-tokens", "4", "--rounds", "1", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try JSON(parsing: outcome.output)
    for key in [
      "tokens_per_second", "prompt_tokens_per_second", "seconds_to_first_token",
      "memory_bytes_per_second", "fraction_of_memory_rate",
    ] {
      #expect((json[key]?.number ?? 0) > 0, "\(key)")
    }
  }
}

/// What a run in a process of its own could not show.
@Suite struct PeakTests {
  @Test func `the second run of a process reports its own peak`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let data = try folder.write(
      (1...400).map { #"{"prompt": "cat \#($0)", "completion": " mat on the mat"}"# + "\n" }
        .joined(), to: "rows.jsonl")
    let peaks = try [400, 1].map { rows in
      let recipe = try Recipe(
        yaml: """
          model_name_or_path: \(folder.path)/model
          datasets: \(data)
          output_dir: \(folder.path)/run-\(rows)
          max_steps: 1
          max_length: 64
          val_size: 0
          per_device_train_batch_size: \(rows)
          gradient_accumulation_steps: 1
          dtype: float32
          threads: 1
          """)
      let summary = try TrainingRun(recipe).run()
      return try #require(summary["peak_bytes"]?.integer)
    }
    #expect(peaks[1] < peaks[0] / 2, "\(peaks)")
  }
}

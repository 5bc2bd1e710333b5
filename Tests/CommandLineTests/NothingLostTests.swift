import AnnealFiles
import Foundation
import TestSupport
import Testing

/// Commands that could destroy what they begin with, or what a user keeps.
@Suite struct NothingLostTests {
  private static let rows = (1...12).map { row in
    #"{"messages": [{"role": "user", "content": "cat \#(row)"}, "#
      + #"{"role": "assistant", "content": "mat \#(row)"}]}"# + "\n"
  }.joined()

  private func train(
    _ folder: TemporaryFolder, _ settings: String..., output: String = "run",
    model: String = "model", flags: [String] = []
  ) throws -> CommandLineProgram.Outcome {
    let data = try folder.write(Self.rows, to: "rows.jsonl")
    return try CommandLineProgram.run(
      all: [
        "train", "--model", "\(folder.path)/\(model)", "--data", data, "--output",
        "\(folder.path)/\(output)", "--threads", "1",
      ] + (["max_steps=2", "max_length=64"] + settings).flatMap { ["--set", $0] } + flags)
  }

  @Test func `a run is not replaced by one that begins with what it holds`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let first = try train(folder, "finetuning_type=full")
    #expect(first.status == 0, "\(first.errors)")
    let again = try train(folder, model: "run/../run/best", flags: ["--overwrite"])
    #expect(again.status == 2, "\(again.errors)")
    #expect(again.errors.contains("to be replaced"), "\(again.errors)")
    #expect(Folder.holdsFile(folder.path + "/run/best/config.json"))
  }

  @Test func `a budget that training in full cannot fit is refused before it is used`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let outcome = try train(folder, "finetuning_type=full", "memory_limit=60KB", "dtype=float32")
    #expect(outcome.status != 0)
    for words in ["weights, gradients and optimizer state need", "optim: adamw_8bit"] {
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
  }

  @Test func `a folder that is no run is not gone on with`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let mine = "step,mydata\n1,2\n"
    try Folder.create(folder.path + "/run")
    try folder.write(mine, to: "run/metrics.csv")
    let outcome = try train(folder, flags: ["--resume"])
    #expect(outcome.status == 2, "\(outcome.errors)")
    let kept = try fileBytes(folder.path + "/run/metrics.csv") == Array(mine.utf8)
    #expect(kept)
  }

  @Test func `an adapter's own chat template is used and merged`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let trained = try train(folder, "chat_template=llama2")
    #expect(trained.status == 0, "\(trained.errors)")
    let adapter = folder.path + "/run/best"
    let merged = folder.path + "/merged"
    let outcome = try CommandLineProgram.run(
      "merge", "--model", model, "--adapter", adapter, "--output", merged)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let isSame =
      try fileBytes(merged + "/chat_template.jinja") == fileBytes(adapter + "/chat_template.jinja")
    #expect(isSame)
    let onto = try CommandLineProgram.run(
      "merge", "--model", model, "--adapter", adapter, "--output", model + "/", "--overwrite")
    #expect(onto.status == 2, "\(onto.errors)")
    let none = try CommandLineProgram.run(
      "merge", "--model", model, "--adapter", adapter, "--adapter", folder.path + "/none",
      "--output", folder.path + "/two")
    #expect(none.status != 0 && !Folder.exists(folder.path + "/two"), "\(none.errors)")
  }

  @Test func `continued pre-training makes no chat model of a base without a template`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    for (type, output) in [("lora", "a"), ("full", "b")] {
      let outcome = try train(folder, "stage=pt", "finetuning_type=\(type)", output: output)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(!Folder.holdsFile("\(folder.path)/\(output)/best/chat_template.jinja"))
    }
    let taught = try train(folder, "finetuning_type=full", output: "c")
    #expect(taught.status == 0, "\(taught.errors)")
    #expect(Folder.holdsFile(folder.path + "/c/best/chat_template.jinja"))
  }

  @Test func `a smaller split leaves no rows of a larger one`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.write(Self.rows, to: "rows.jsonl")
    let prepared = folder.path + "/prepared"
    let first = try CommandLineProgram.run(
      "data", "prepare", data, "--output", prepared, "--test-size", "0.3")
    #expect(first.status == 0 && Folder.holdsFile(prepared + "/test.jsonl"), "\(first.errors)")
    let second = try CommandLineProgram.run(
      "data", "prepare", data, "--output", prepared, "--overwrite")
    #expect(second.status == 0 && !Folder.holdsFile(prepared + "/test.jsonl"), "\(second.errors)")
  }

  @Test(arguments: [
    "max_length=9223372036854775807", "per_device_train_batch_size=100000000000000000",
    "warmup_steps=9223372036854775807",
  ])
  func `a number beyond all sense is a wrong recipe`(setting: String) throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let outcome = try train(folder, setting)
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(String(setting.prefix { $0 != "=" })), "\(outcome.errors)")
  }
}

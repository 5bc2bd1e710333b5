import AnnealFiles
import Foundation
import TestSupport
import Testing

/// The executable, run as a user runs it.
struct CommandLineProgram {
  /// What a run printed, and how it ended.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Runs `anneal` with `arguments` and waits.
  static func run(_ arguments: String...) throws -> Outcome { try run(all: arguments) }

  /// Runs `anneal` with a list of arguments and waits.
  ///
  /// - Parameters:
  ///   - input: what comes through a pipe as standard input; nothing by default.
  ///   - environment: variables beside those of this process.
  static func run(
    all arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.executableURL = executable
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    let pipe = input.map { _ in Pipe() }
    process.standardInput = pipe ?? FileHandle.nullDevice
    try process.run()
    if let pipe, let input {
      // As much as a pipe holds without a reader.
      pipe.fileHandleForWriting.write(Data(input.utf8.prefix(1 << 15)))
      try pipe.fileHandleForWriting.close()
    }
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
      errors: String(decoding: complained, as: UTF8.self))
  }

  /// Starts `anneal` with `arguments`, its words thrown away, and does not wait.
  ///
  /// - Parameter errors: where notes and errors go instead.
  static func start(
    _ arguments: [String], errors: FileHandle = .nullDevice
  ) throws -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    return process
  }

  /// `anneal` lies beside the test bundle.
  private static let executable: URL = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return bundle.appendingPathComponent("anneal")
  }()
}

/// A model's folder in a temporary place, tiny and random, with stories260K's kind of tokenizer.
func tinyModelFolder(_ folder: TemporaryFolder) throws -> String {
  let model = folder.path + "/model"
  try FileManager.default.copyItem(atPath: Fixture.path("models/llama"), toPath: model)
  let config = try JSON(contentsOf: model + "/config.json")
    .setting("vocab_size", to: 300).setting("tie_word_embeddings", to: true)
  try AtomicFile.write(config.text(), to: folder.path + "/config.json")
  try FileManager.default.removeItem(atPath: model)
  try folder.write(String(repeating: "the cat sat on the mat. ", count: 50), to: "text.txt")
  let trained = try CommandLineProgram.run(
    "tokenizer", "train", "--vocab-size", "300", "--output", folder.path + "/tokenizer.json",
    folder.path + "/text.txt")
  #expect(trained.status == 0, "\(trained.errors)")
  let made = try CommandLineProgram.run(
    "init", "--config", folder.path + "/config.json", "--tokenizer",
    folder.path + "/tokenizer.json", "--output", model)
  #expect(made.status == 0, "\(made.errors)")
  return model
}

/// A recipe of the tiny model, with one line more.
private func recipe(_ folder: TemporaryFolder, _ line: String, data: String) throws -> String {
  try folder.write(
    """
    model_name_or_path: \(folder.path)/model
    datasets: \(data)
    output_dir: \(folder.path)/run
    val_size: 0
    \(line)
    """, to: "recipe.yaml")
}

private let goodRow = #"{"prompt": "the cat", "completion": " sat on the mat"}"#

@Suite struct BadInputTests {
  @Test(arguments: [
    ("learning_rat: 1", 2, ["recipe.yaml:5", "learning_rat", "learning_rate"]),
    ("learning_rate: fast", 2, ["recipe.yaml:5", "learning_rate", "fast"]),
    ("bf16: true\ndtype: float32", 2, ["bf16", "dtype"]),
    ("quantization_bit: 5", 2, ["quantization_bit", "4 or 8"]),
    ("lora_target_modules: [wq]", 2, ["wq", "q_proj"]),
    ("lora_modules_to_save: [lm_head]", 2, ["lm_head", "one tensor"]),
  ])
  func `a wrong recipe names the key and what to do`(
    line: String, status: Int32, words: [String]
  ) throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let data = try folder.write(goodRow + "\n", to: "rows.jsonl")
    let outcome = try CommandLineProgram.run("train", recipe(folder, line, data: data))
    #expect(outcome.status == status, "\(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
  }

  @Test(arguments: [
    ("{\"prompt\": \"a\", \"completion\": \"b\"}\n{\"prompt\": ", ["rows.jsonl:2", "JSON"]),
    (#"{"prompt": 7, "completion": "b"}"#, ["rows.jsonl:1:prompt", "a number", "a string"]),
    (#"{"question_text": "a", "reply_text": "b"}"#, ["rows.jsonl:1", "question_text"]),
    (#"{"prompt": "a", "completion": ""}"#, ["nothing to learn"]),
    ("", ["rows.jsonl", "empty"]),
  ])
  func `bad data names file, line and field`(contents: String, words: [String]) throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let data = try folder.write(contents, to: "rows.jsonl")
    let outcome = try CommandLineProgram.run("train", recipe(folder, "seed: 1", data: data))
    #expect(outcome.status == 3, "\(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
  }

  @Test func `a damaged model says which file and tensor`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let weights = model + "/model.safetensors"
    let bytes = try fileBytes(weights)
    try AtomicFile.write(Array(bytes.dropLast(100)), to: weights)
    let cut = try CommandLineProgram.run("score", "--model", model, "--text", "the cat")
    #expect(cut.status == 3)
    #expect(cut.errors.contains("model.safetensors"))

    try AtomicFile.write(bytes, to: weights)
    let config = try JSON(contentsOf: model + "/config.json")
    try AtomicFile.write(
      config.setting("intermediate_size", to: 99).text(), to: model + "/config.json")
    let shape = try CommandLineProgram.run("score", "--model", model, "--text", "the cat")
    #expect(shape.status == 3)
    #expect(shape.errors.contains("mlp.gate_proj.weight has extents [24, 16]"))

    try AtomicFile.write(
      config.setting("model_type", to: "mamba").text(), to: model + "/config.json")
    let family = try CommandLineProgram.run("score", "--model", model, "--text", "the cat")
    #expect(family.status == 3)
    #expect(family.errors.contains("mamba") && family.errors.contains("llama"))

    try FileManager.default.removeItem(atPath: weights)
    try folder.write("pickle", to: "model/pytorch_model.bin")
    try AtomicFile.write(config.text(), to: model + "/config.json")
    let pickled = try CommandLineProgram.run("score", "--model", model, "--text", "the cat")
    #expect(pickled.status == 3)
    #expect(pickled.errors.contains("pytorch_model.bin") && pickled.errors.contains("Convert"))
  }

  @Test func `a model that is not there is named`() throws {
    let outcome = try CommandLineProgram.run("score", "--model", "nowhere", "--text", "a")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("nowhere"))
  }

  @Test func `a wrong command line exits with 2 and names the option`() throws {
    let outcome = try CommandLineProgram.run("train", "--modle", "x")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("Unknown option '--modle'. Did you mean '--model'?"))
  }

  @Test func `a folder that holds a run is refused, gone on with, or replaced`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let rows = (0..<12).map { "{\"prompt\": \"the cat \($0)\", \"completion\": \" sat\"}\n" }
    let data = try folder.write(rows.joined(), to: "rows.jsonl")
    func train(_ more: String...) throws -> CommandLineProgram.Outcome {
      try CommandLineProgram.run(
        "train", "--model", model, "--data", data, "--output", folder.path + "/run", "--set",
        "num_train_epochs=1", "--set", "packing=false", more.first ?? "--quiet")
    }
    #expect(try train().status == 0)
    let again = try train()
    #expect(again.status == 2)
    #expect(again.errors.contains("--resume") && again.errors.contains("--overwrite"))
    #expect(try train("--resume").status == 0)
    #expect(try train("--overwrite").status == 0)
    let summary = try JSON(contentsOf: folder.path + "/run/summary.json")
    #expect(summary["status"]?.string == "finished")
  }

  @Test func `a checkpoint with one flipped byte is passed over, and the last good one is used`()
    throws
  {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let rows = (0..<24).map { "{\"prompt\": \"the cat \($0)\", \"completion\": \" sat\"}\n" }
    let data = try folder.write(rows.joined(), to: "rows.jsonl")
    let arguments = [
      "train", "--model", model, "--data", data, "--output", folder.path + "/run", "--set",
      "num_train_epochs=1", "--set", "packing=false", "--set", "save_steps=1", "--set",
      "per_device_train_batch_size=4",
    ]
    let first = try CommandLineProgram.run(all: arguments)
    #expect(first.status == 0, "\(first.errors)")
    let steps = Folder.names(in: folder.path + "/run/checkpoints")
    let newest = try #require(steps.max { $0.count == $1.count ? $0 < $1 : $0.count < $1.count })
    let file = folder.path + "/run/checkpoints/\(newest)/training.safetensors"
    var bytes = try fileBytes(file)
    bytes[bytes.count - 9] ^= 4
    try AtomicFile.write(bytes, to: file)
    let resumed = try CommandLineProgram.run(all: arguments + ["--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("\(newest) is passed over"), "\(resumed.errors)")
    #expect(resumed.errors.contains("training.safetensors"))
  }
}

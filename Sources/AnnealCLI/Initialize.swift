import Anneal
import AnnealFiles
import AnnealTorch
import ArgumentParser

/// `anneal init`: a model folder with fresh random weights.
struct Initialize: Verb {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "A model folder with fresh random weights, to train from scratch or to benchmark.")

  @Option(help: ArgumentHelp("A config.json in Hugging Face's form.", valueName: "file"))
  var config: String

  @Option(help: ArgumentHelp("A tokenizer.json.", valueName: "file"))
  var tokenizer: String

  @Option(name: .customLong("output"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var destination: String

  @Option(help: "The type of the weights: float32, bfloat16 or float16.")
  var dtype = "float32"

  @Option(help: "The weights are a function of this.")
  var seed: UInt64 = 17

  @Flag(help: "Replace the folder when it is there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    try OutputFolder.prepare(destination, overwrite: overwrite)
    guard let type = DType(rawValue: dtype), type.isFloating else {
      throw AnnealError(
        .usage, "'\(dtype)' is not a type for weights",
        remedy: "Types: float32, bfloat16, float16.")
    }
    let report = try LanguageModel.initialize(
      configuration: config, tokenizer: tokenizer, to: destination, dtype: type, seed: seed)
    console.result(
      ["parameters": .integer(report.parameters), "bytes": .integer(report.bytes)],
      "\(destination): \(Amount.count(report.parameters)) parameters, \(Amount.bytes(report.bytes))"
    )
  }
}

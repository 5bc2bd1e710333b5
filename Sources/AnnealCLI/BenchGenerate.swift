import Anneal
import ArgumentParser

/// `anneal bench generate`.
struct BenchGenerate: Verb {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "How fast a model generates, beside the rate at which memory is read.")

  @OptionGroup var model: ModelOptions

  @Option(help: "Random tokens of a prompt.")
  var promptTokens = 256

  @Option(help: "Tokens of a reply.")
  var newTokens = 64

  @Option(help: "Replies that grow at once.")
  var batch = 1

  @Option(help: "How often; the median counts.")
  var rounds = 3

  @OptionGroup var output: OutputOptions

  func validate() throws {
    for (name, value, least) in [
      ("prompt-tokens", promptTokens, 1), ("new-tokens", newTokens, 2), ("batch", batch, 1),
      ("rounds", rounds, 1),
    ] {
      guard value >= least else {
        throw ValidationError("--\(name) is \(value); expected \(least) or more.")
      }
    }
  }

  func perform(_ console: Console) async throws {
    let result = try GenerationBenchmark(
      model.load(console), promptTokens: promptTokens, newTokens: newTokens, replies: batch
    ).run(repeats: rounds)
    console.result(result.json, result.summary)
  }
}

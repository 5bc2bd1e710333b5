import Anneal
import ArgumentParser

/// `anneal bench train`.
struct BenchTrain: Verb {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "How fast a model trains, beside the rate of matrix products at its shapes.",
    discussion: """
      Rows are random tokens of one length, all of them loss-bearing. The keys of a recipe that
      change how they are computed can be set: anneal bench train --model DIR
      --set quantization_bit=4 --set gradient_checkpointing=full
      """)

  @Option(help: ArgumentHelp("The base model's folder.", valueName: "folder"))
  var model: String

  @Option(help: "Tokens of a row.")
  var tokens = 512

  @Option(help: "Rows of a micro-batch.")
  var batch = 2

  @Option(help: "Optimizer steps that are timed, after one that is not.")
  var steps = 5

  @Option(
    help: ArgumentHelp("A key of the recipe; may be given several times.", valueName: "key=value"))
  var set: [String] = []

  @Option(help: "Where to compute: auto, cpu, cuda or mps.")
  var device: String?

  @Option(help: "The weights' type: auto, float32 or bfloat16.")
  var dtype: String?

  @Option(help: "Threads of the processor; all by default.")
  var threads: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    for (name, value) in [("tokens", tokens), ("batch", batch), ("steps", steps)] {
      guard value > 0 else { throw ValidationError("--\(name) is \(value); expected 1 or more.") }
    }
    guard tokens > 1 else { throw ValidationError("--tokens is 1; a row needs 2 or more.") }
    for setting in set {
      let name = String(setting.prefix { $0 != "=" })
      if RecipeKey.named(name)?.name == "per_device_train_batch_size" {
        throw ValidationError("--set \(name): give the rows of a step as --batch.")
      }
      // What is no key at all is reported by the recipe.
      guard let key = RecipeKey.named(name), !TrainingBenchmark.measures(key) else { continue }
      throw ValidationError("--set \(name) changes nothing that is measured here; leave it out.")
    }
  }

  func perform(_ console: Console) async throws {
    // Data and output are named because a recipe must have them; neither is touched.
    let recipe = try Recipe(
      file: nil, settings: set,
      flags: [
        "model_name_or_path": [model], "datasets": ["random tokens"],
        "output_dir": ["nothing is written"], "per_device_train_batch_size": ["\(batch)"],
        "device": device.map { [$0] } ?? [], "dtype": dtype.map { [$0] } ?? [],
        "threads": threads.map { ["\($0)"] } ?? [],
      ])
    let result = try TrainingBenchmark(recipe, tokens: tokens, steps: steps).run {
      console.transient($0)
    }
    console.endTransient()
    console.result(result.json, result.summary)
  }
}

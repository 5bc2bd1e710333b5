import Anneal
import AnnealFiles
import ArgumentParser

/// `anneal train`: a training run.
struct Train: Verb {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Fine-tunes a model by a recipe, or with good defaults.",
    discussion: """
      anneal train recipe.yaml
      anneal train --model DIR --data FILE --output DIR --set learning_rate=1e-4

      A flag beats --set, which beats the recipe, which beats the default. Every key is explained in
      docs/guide/recipe-reference.md.
      """)

  @Argument(help: "A recipe (YAML).")
  var recipe: String?

  @Option(help: ArgumentHelp("The base model's folder.", valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("A data file; may be given several times.", valueName: "file"))
  var data: [String] = []

  @Option(name: .customLong("output"), help: ArgumentHelp("The run's folder.", valueName: "folder"))
  var destination: String?

  @Option(
    help: ArgumentHelp("A key of the recipe; may be given several times.", valueName: "key=value"))
  var set: [String] = []

  @Flag(help: "Go on from the newest checkpoint that verifies.")
  var resume = false

  @Flag(help: "Go on even if the end will differ from an uninterrupted run's.")
  var allowInexact = false

  @Flag(help: "Replace the run that is in the output folder.")
  var overwrite = false

  @Flag(help: "Prepare the rows anew, and do not keep them for the next run.")
  var noCache = false

  @Option(help: "Where to compute: auto, cpu, cuda or mps.")
  var device: String?

  @Option(help: "The weights' type: auto, float32 or bfloat16.")
  var dtype: String?

  @Option(help: "Threads of the processor; all by default.")
  var threads: Int?

  @Option(help: "What order, packing, dropout and fresh weights are functions of.")
  var seed: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard recipe != nil || (model != nil && !data.isEmpty && destination != nil) else {
      throw ValidationError("Give a recipe, or --model, --data and --output.")
    }
    guard !(resume && overwrite) else {
      throw ValidationError("--resume goes on with a run, --overwrite replaces it: give one.")
    }
  }

  func perform(_ console: Console) async throws {
    Interruption.listen()
    let resolved = try Recipe(file: recipe, settings: set, flags: flags)
    let progress = TrainingProgress(console)
    let run = TrainingRun(
      resolved, allowsInexactResume: allowInexact, shouldStop: { Interruption.isRequested },
      tell: progress.tell)
    let summary = try run.run()
    console.endTransient()
    console.result(summary, TrainingProgress.closing(summary, folder: resolved.outputDir))
  }

  /// What was given by flags, by the recipe's keys; an empty list is not given.
  private var flags: KeyValuePairs<String, [String]> {
    func given(_ value: (some CustomStringConvertible)?) -> [String] {
      value.map { ["\($0)"] } ?? []
    }
    return [
      "model_name_or_path": given(model), "datasets": data, "output_dir": given(destination),
      "device": given(device), "dtype": given(dtype), "threads": given(threads),
      "seed": given(seed), "resume_from_checkpoint": resume ? ["true"] : [],
      "overwrite_output_dir": overwrite ? ["true"] : [],
      "dataset_prepared_path": noCache ? ["none"] : [],
    ]
  }
}

import Anneal
import AnnealDatasets
import AnnealFiles
import AnnealText
import ArgumentParser

/// `anneal data`: look at data, see what is learned, split it.
struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Reads, looks at, makes, cleans and splits data.",
    subcommands: [
      DataIngest.self, DataInspect.self, DataPreview.self, DataGenerate.self, DataScore.self,
      DataFilter.self, DataRewrite.self, DataClean.self, DataSplit.self, DataPrepare.self,
      DataDiff.self, DataDemo.self,
    ])
}

/// How rows become tokens, for the verbs that need to know.
struct EncodingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A chat template: a file, or chatml, llama2, llama3, qwen2.", valueName: "name"))
  var chatTemplate: String?

  @Option(parsing: .unconditional, help: "The longest row, in tokens.")
  var maxLength = 1024

  @Option(help: "sft learns replies, pt learns every token.")
  var stage = "sft"

  @Flag(help: "Learn the prompts too.")
  var trainOnInputs = false

  func validate() throws {
    guard maxLength > 1 else {
      throw ValidationError(
        "--max-length is \(maxLength); expected 2 or more, as the first token is never learned.")
    }
    guard ["sft", "pt"].contains(stage) else {
      throw ValidationError("--stage is \(stage); expected sft or pt.")
    }
  }

  var settings: PreparationSettings {
    PreparationSettings(
      stage: stage == "pt" ? .pretraining : .supervised, maxLength: maxLength,
      training: trainOnInputs ? .everything : .assistant)
  }

  /// The encoder of a model's folder, and what to tell of its template once a row is written by it.
  func encoder(
    _ model: String, _ console: Console
  ) throws -> (encoder: ConversationEncoder, tellTemplate: () throws -> Void) {
    let template = try chatTemplate.map { try TemplateChoice.named($0, console) }
    let encoder = try ConversationEncoder.load(
      modelFolder: model, tokenizer: Tokenizer(path: model), using: template)
    return (
      encoder,
      {
        try TemplateChoice.tell(
          of: encoder, model, template, option: "--chat-template", console)
      }
    )
  }
}

/// `anneal data prepare`.
struct DataPrepare: Verb {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Splits rows into files, or turns the rows of a recipe into tokens once.")

  @Argument(
    help: "Data files; or a recipe (YAML), whose rows are then prepared as its run takes them.")
  var files: [String]

  @Option(
    name: .customLong("output"), help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var destination: String?

  @OptionGroup var tokens: RecipeDataOptions

  @Option(help: "The share of rows held out for validation.")
  var valSize = 0.1

  @Option(help: "The share of rows held out for testing.")
  var testSize = 0.0

  @OptionGroup var splitting: SplitOptions

  @OptionGroup var card: CardOptions

  @OptionGroup var reading: SourceOptions

  @OptionGroup var folders: FolderOptions

  @Option(
    help: ArgumentHelp(
      "A row that cannot be used: skip it (kept in skipped.jsonl of the folder), stop at it, or report "
        + "all of them and stop.", valueName: "stop|skip|report"))
  var onError = BadRowPolicy.skip

  @Flag(help: "Replace the folder's files when they are there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard destination != nil || RecipeDataOptions.recipe(files) != nil else {
      throw ValidationError("Give --output, the folder to write.")
    }
  }

  func perform(_ console: Console) async throws {
    guard let destination else { return try tokens.prepare(files, console) }
    let settings = try splitting.settings(validation: valSize, test: testSize)
    try Folder.checkHoldsNone(
      of: files + settings.benchmarks, in: destination, remedy: "Name another --output.")
    try OutputFolder.prepare(destination, overwrite: overwrite)
    let sources = try reading.sources(files, split: folders.split)
    let split = try PreparedFolder(path: destination, onError: onError, license: card.license)
      .write(sources, settings, verb: "prepare", console)
    console.result(
      split.json,
      "\(destination): \(Amount.count(split.train.count)) training, "
        + "\(Amount.count(split.validation.count)) validation, "
        + "\(Amount.count(split.test.count)) test rows of \(Amount.count(split.rows))")
  }
}

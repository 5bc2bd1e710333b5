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

  func encoder(_ model: String, _ console: Console) throws -> ConversationEncoder {
    try TemplateChoice.encoder(
      model, chatTemplate.map { try TemplateChoice.named($0, console) }, option: "--chat-template",
      console)
  }
}

/// `anneal data preview`.
struct DataPreview: Verb {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Rows as the model sees them, with what is learned marked.")

  @Argument(help: "A data file; - is standard input.")
  var file: String

  @Option(help: ArgumentHelp("A model's folder.", valueName: "folder"))
  var model: String

  @OptionGroup var reading: SourceOptions

  @Option(name: .customShort("n"), parsing: .unconditional, help: "How many rows.")
  var count = 3

  @OptionGroup var encoding: EncodingOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard count > 0 else { throw ValidationError("-n is \(count); expected 1 or more.") }
  }

  func perform(_ console: Console) async throws {
    let encoder = try encoding.encoder(model, console)
    let builder = ExampleBuilder(encoder, settings: encoding.settings)
    let rows = try Dataset<Record>(try reading.sources([file])) { rows in
      try rows.checkLearnable()
      return builder.examples(from: rows).examples.count >= count
    }
    try rows.checkLearnable()
    let (examples, report) = builder.examples(from: rows)
    try report.check(
      least: 0,
      remedy: """
        Raise --max-length, or check the roles and the chat template; \
        `anneal data inspect FILE --model DIR` tells what is wrong with each row.
        """)
    let shown = examples.prefix(count)
    tellLeftOut(before: shown, of: rows, report, console)
    let previews = shown.map { Preview($0, encoder: encoder) }
    let marks: Preview.Marks = Console.hasColors ? .colours : .brackets
    let legend = console.isQuiet ? [] : [marks.legend]
    console.result(
      ["rows": .array(previews.map(\.json))],
      (legend + previews.map { $0.text(marks) }).joined(separator: "\n\n"))
  }

  /// A note about rows that nothing is learned from, as far as the ones that are shown.
  private func tellLeftOut(
    before shown: ArraySlice<Example>, of rows: Dataset<Record>, _ report: PreparationReport,
    _ console: Console
  ) {
    guard let first = rows.places.firstIndex(where: { $0 == shown.first?.source }), first > 0 else {
      return
    }
    let reasons = report.reasons.map { "\n  \($0)" }.joined()
    console.note(
      "note: \(first) \(first == 1 ? "row" : "rows") before the first one shown teach nothing and "
        + "are left out; of \(rows.count) rows that were read:\(reasons)")
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
    let sources = try reading.sources(files)
    let split = try PreparedFolder(path: destination, onError: onError, license: card.license)
      .write(sources, settings, verb: "prepare", console)
    console.result(
      split.json,
      "\(destination): \(split.train.count) training, \(split.validation.count) validation, "
        + "\(split.test.count) test rows of \(split.rows)")
  }
}

import Anneal
import AnnealDatasets
import AnnealFiles
import AnnealText
import ArgumentParser

/// `anneal data clean`.
struct DataClean: Verb {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Cleans rows in stages that are counted and can be undone.",
    discussion: "Stages, in the order you name them:\n"
      + CleaningStages.builtin.stages.map { stage in
        let keys = stage.settings.map { "\(stage.name).\($0.key)" }
        return "  \(stage.name): \(stage.summary)\n"
          + keys.map { "    --set \($0)=…\n" }.joined()
      }.joined())

  @Argument(help: "Data files; with --undo, the cleaned file.")
  var files: [String]

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "The JSON lines file to write; what was done goes to NAME.changes.jsonl beside it.",
      valueName: "file"))
  var destination: String

  @Option(
    help: ArgumentHelp(
      "The stages, with commas between; none writes the rows as they are. By default: "
        + CleaningStages.standard.joined(separator: ",") + ".", valueName: "a,b"))
  var stages: String?

  @Option(help: ArgumentHelp("A YAML file with a list of stages.", valueName: "file"))
  var recipe: String?

  @Option(
    help: ArgumentHelp("A setting of a stage; may be repeated.", valueName: "stage.key=value"))
  var set: [String] = []

  @Option(help: ArgumentHelp("A model's folder, to count tokens with.", valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("A tokenizer's file, to count tokens with.", valueName: "file"))
  var tokenizer: String?

  @OptionGroup var embedding: EmbedderOptions

  @Flag(help: "Restore the rows that a cleaned file was made of.")
  var undo = false

  @OptionGroup var card: CardOptions

  @OptionGroup var reading: SourceOptions

  @OptionGroup var folders: FolderOptions

  @Option(
    help: ArgumentHelp(
      "A row that cannot be used: skip it (kept in NAME.skipped.jsonl), stop at it, or report all of "
        + "them and stop.", valueName: "stop|skip|report"))
  var onError = BadRowPolicy.skip

  @Flag(help: "Replace the output, and the files beside it, when they are there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard stages == nil || recipe == nil else {
      throw ValidationError("Give the stages with --stages or with --recipe, not both.")
    }
    guard model == nil || tokenizer == nil else {
      throw ValidationError("Give either --model or --tokenizer.")
    }
    guard
      !undo
        || (files.count == 1 && stages == nil && recipe == nil && set.isEmpty
          && embedding.embedder == nil)
    else {
      throw ValidationError("--undo takes one cleaned file, and no stages.")
    }
    for pair in set where !pair.contains("=") {
      throw ValidationError("--set \(pair) has no '='; expected stage.key=value.")
    }
  }

  func perform(_ console: Console) async throws {
    if undo {
      try OutputPlace.check(
        destination, inputs: [files[0], SideFile.changes.path(beside: files[0])],
        overwrite: overwrite)
      let rows = try WorkLine.during(console) {
        try CleaningUndo.restore(files[0], to: destination)
      }
      return console.result(
        ["output": .string(destination), "rows": .integer(rows)],
        "\(destination): \(Amount.count(rows, of: "row")) as they were before \(files[0])")
    }
    let sources = try reading.sources(files, split: folders.split)
    try OutputPlace.check(
      destination, beside: [.changes, .skipped, .card, .cardText], inputs: sources.map(\.path),
      overwrite: overwrite)
    let (names, settings) = try chosen()
    let effective = try CleaningStages.builtin.effective(named: names, settings: settings)
    guard embedding.embedder == nil || names.contains(SemanticDuplicateStage.name) else {
      throw AnnealError(
        .usage, "--embedder is given, and no stage asks it for vectors",
        remedy: "Add \(SemanticDuplicateStage.name) to --stages, or leave --embedder out.")
    }
    let run = try CleaningRun(
      CleaningStages.builtin.stages(
        named: names, settings: settings,
        tokenizer: try (model ?? tokenizer).map { try Tokenizer(path: $0) },
        embedding: try embedding.open(console)))
    let (report, summary) = try await WaitingWork.run { [destination, onError] in
      try WorkLine.during(console) {
        try BadRows.collecting(onError, sideFile: SideFile.skipped.path(beside: destination)) {
          bad in (try run.clean(sources, to: destination, bad: bad), bad.summary)
        }
      }
    }
    if let summary { console.note("note: \(summary)") }
    try DataCard(
      verb: "clean",
      settings: (["stages": effective] as JSON)
        .setting("embedder", to: embedding.label.map { JSON.string($0) }), counts: report.counts,
      inputs: sources.map(\.path), license: card.license
    ).write(beside: destination)
    let changes = SideFile.changes.path(beside: destination)
    console.result(
      report.json.setting("output", to: .string(destination))
        .setting("changes", to: .string(changes)),
      "\(destination): \(report)\nwhat was done is in \(changes)")
  }

  /// The names of the stages to run, and what is said of their settings.
  private func chosen() throws -> (names: [String], settings: [String: JSON]) {
    let file = try recipe.map { try CleaningRecipe(file: $0) }
    let named = stages.map { names in
      names == "none" ? [] : names.split(separator: ",").map(String.init)
    }
    var settings = file?.settings ?? [:]
    for pair in set {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      settings[String(parts[0])] = .string(String(parts[1]))
    }
    return (named ?? file?.stages ?? CleaningStages.standard, settings)
  }
}

import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser

/// `anneal data generate`.
struct DataGenerate: Verb {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "A stronger model writes rows from the chunks of documents, or from other rows.",
    discussion: "Kinds:\n"
      + GenerationKinds.all.map { "  \($0.name): \($0.summary)\n" }.joined())

  @Argument(help: "Chunks as `anneal data ingest` writes them: rows with text, source and id.")
  var file: String?

  @Option(
    help: ArgumentHelp(
      "What is written: " + GenerationKinds.all.map { $0.name }.joined(separator: ", ") + ".",
      valueName: "name"))
  var kind = "question-answer"

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("The JSON lines file to write.", valueName: "file"))
  var destination: String?

  @OptionGroup var asking: TeacherOptions
  @OptionGroup var generating: GenerationOptions

  @Option(help: "The most rows of the file that are read.")
  var limit: Int?

  @Option(
    help: ArgumentHelp("Write the prompts into a new folder, to be edited.", valueName: "folder"))
  var writePrompts: String?

  @Flag(help: "Replace the output, and the file beside it, when they are there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard writePrompts == nil else { return }
    guard file != nil else { throw ValidationError("Missing expected argument '<file>'") }
    guard destination != nil else {
      throw ValidationError("Missing expected argument '--output <file>'")
    }
    guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("--limit takes 1 or more.") }
  }

  func perform(_ console: Console) async throws {
    if let writePrompts {
      let names = try Prompts().write(to: writePrompts)
      return console.result(
        ["output": .string(writePrompts), "files": .array(names.map { .string($0) })],
        "\(writePrompts): \(names.joined(separator: ", "))\nUse them with --prompts \(writePrompts)"
      )
    }
    guard let file, let destination else { return }
    let kind = try GenerationKinds.kind(named: kind)
    try OutputPlace.check(
      destination, beside: [.rejected, .replies], inputs: [file],
      overwrite: overwrite || asking.dryRun)
    let rows = try RowReader(path: InputPath.resolved(file)).rows(limit: limit)
    let opened = try asking.open(output: destination)
    let job = try RowGeneration(
      kind, generating.settings, from: rows, prompts: opened.prompts)
    guard
      try await asking.tell(
        job.questions, tokensOfAnswer: job.tokensOfAnswer, opened, console)
    else { return }
    let result = try await asking.line(console).during { progress in
      try await job.rows(by: opened.teacher, progress: progress)
    }
    try asking.finish(
      result, output: destination, what: "from \(Amount.count(result.read, of: "question"))",
      opened,
      console)
  }
}

/// What is asked of a teacher that writes rows.
struct GenerationOptions: ParsableArguments {
  @Option(help: "Rows that each question asks for.")
  var count = 3

  @Option(help: "Exchanges of a conversation.")
  var turns = 3

  @Option(
    help: ArgumentHelp("The classes of classification, with commas between.", valueName: "a,b"))
  var labels: String?

  @Option(help: "Questions of self-instruct.")
  var rounds = 10

  @Option(
    help: "How like an earlier one a new instruction may be (Jaccard's index, 0.1 to 1).")
  var novelty = 0.7

  @Option(help: ArgumentHelp("easy, medium, hard or mixed.", valueName: "level"))
  var difficulty = "mixed"

  @Option(help: ArgumentHelp("How rows are to be worded.", valueName: "words"))
  var style: String?

  @Option(
    help: ArgumentHelp("The language to write in; that of the text by default.", valueName: "name"))
  var language: String?

  @Option(help: "How much chance decides; 0 takes the likeliest words.")
  var temperature = 0.7

  @Option(help: "The most tokens of an answer.")
  var maxTokens = 2048

  @Option(help: "What chance starts from.")
  var seed: UInt64 = 17

  func validate() throws {
    guard (1...100).contains(count) else {
      throw ValidationError("--count is \(count); expected 1 to 100.")
    }
    guard (1...20).contains(turns), (1...1_000_000).contains(rounds) else {
      throw ValidationError("--turns takes 1 to 20, --rounds 1 to 1000000.")
    }
    guard (0.1...1).contains(novelty) else {
      throw ValidationError("--novelty is \(novelty); expected 0.1 to 1.")
    }
    guard GenerationSettings.difficulties.contains(difficulty) else {
      throw ValidationError(
        "--difficulty is \(difficulty); expected "
          + GenerationSettings.difficulties.joined(separator: ", ") + ".")
    }
    guard (0...2).contains(temperature) else {
      throw ValidationError("--temperature is \(temperature); expected 0 to 2.")
    }
    guard (16...1_000_000).contains(maxTokens) else {
      throw ValidationError("--max-tokens is \(maxTokens); expected 16 to 1000000.")
    }
  }

  /// The settings.
  var settings: GenerationSettings {
    var settings = GenerationSettings()
    (settings.count, settings.difficulty, settings.style) = (count, difficulty, style)
    (settings.language, settings.temperature, settings.seed) = (language, temperature, seed)
    settings.maximumTokens = maxTokens
    (settings.turns, settings.rounds, settings.novelty) = (turns, rounds, novelty)
    settings.labels = (labels ?? "").split(separator: ",").map { label in
      label.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return settings
  }
}

import Anneal
import AnnealDatasets
import AnnealFiles
public import AnnealText
public import ArgumentParser

/// How rows are made ready for a hosted model.
struct TuningFileOptions: ParsableArguments {
  @Option(help: "supervised learns replies, dpo the better of two.")
  var method = TuningMethod.supervised

  @Option(
    help: ArgumentHelp(
      "A tokenizer file or model folder to count tokens by; else four bytes are one.",
      valueName: "path"))
  var tokenizer: String?

  @Option(help: "The longest row that the model learns as a whole, tokens.")
  var maxTokens = 65_536

  /// The rows of `sources`, checked.
  func file(_ sources: [RowSource], bad: BadRows) throws -> TuningFile {
    let counting = try tokenizer.map { TuningFile.Counting.exactly(try Tokenizer(path: $0)) }
    return try TuningFile(
      sources, method: method, counting: counting ?? .estimate, maximumTokens: maxTokens, bad: bad)
  }

  /// Tells what is odd about a file without being wrong.
  func tell(_ file: TuningFile, _ console: Console) {
    if let first = file.duplicates.first {
      console.note(
        "note: \(Amount.count(file.duplicates.count, of: "row")) say what another says; the first: "
          + "\(file.places[first.row]) as \(file.places[first.of])")
    }
    if let first = file.longRows.first {
      console.note(
        "note: \(Amount.count(file.longRows.count, of: "row")) have more than \(maxTokens) tokens, "
          + "and are cut off at their end; the first: \(file.places[first])")
    }
  }
}

extension TuningMethod: ExpressibleByArgument {}

/// `anneal hosted export`: rows of any format in the form that the API takes.
struct HostedExport: Verb {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes rows in the form that OpenAI's API takes, and checks them.")

  @Argument(help: "Data files.")
  var files: [String]

  @Option(name: .customLong("output"), help: ArgumentHelp("The new file.", valueName: "file"))
  var destination: String

  @OptionGroup var tuning: TuningFileOptions

  @OptionGroup var reading: SourceOptions

  @Option(
    help: ArgumentHelp(
      "A row that cannot be used: skip it (kept beside the output), stop at it, or report all of "
        + "them and stop.", valueName: "stop|skip|report"))
  var onError = BadRowPolicy.stop

  @Flag(help: "Replace the file when it is there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let sources = try reading.sources(files)
    try OutputPlace.check(
      destination, beside: [.skipped], inputs: sources.map(\.path), overwrite: overwrite)
    let (file, summary) = try BadRows.collecting(
      onError, sideFile: SideFile.skipped.path(beside: destination)
    ) { bad in (try tuning.file(sources, bad: bad), bad.summary) }
    if let summary { console.note("note: \(summary)") }
    try file.check()
    tuning.tell(file, console)
    try file.write(to: destination)
    let bytes = Folder.fileBytes(destination) ?? 0
    let tokens = file.tokens.reduce(0, +)
    console.result(
      file.json.setting("output", to: .string(destination)).setting("bytes", to: .integer(bytes)),
      "\(destination): \(Amount.count(file.rows.count, of: "row")), \(Amount.bytes(bytes)), "
        + "\(tuning.tokenizer == nil ? "about " : "")\(Amount.count(tokens)) tokens an epoch\n"
        + "Next: anneal hosted submit \(destination) --model NAME"
        + (tuning.method == .dpo ? " --method dpo" : ""))
  }
}

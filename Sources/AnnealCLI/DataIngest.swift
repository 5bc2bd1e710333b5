import AnnealDatasets
import AnnealDocuments
import AnnealFiles
import AnnealText
import ArgumentParser

/// `anneal data ingest`.
struct DataIngest: Verb {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Documents, subtitles, transcripts and logs become chunks with their sources.")

  @Argument(help: "Files, and folders of them.")
  var files: [String]

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("The file of rows to write, JSON lines.", valueName: "file"))
  var destination: String

  @Option(
    parsing: .unconditional,
    help: "The longest chunk, in words; in tokens with --model or --tokenizer.")
  var chunkSize = 300

  @Option(
    parsing: .unconditional,
    help: "How much of the end of a chunk the next one begins with, at most; whole sentences.")
  var overlap = 0

  @Option(
    help: ArgumentHelp("A model's folder; sizes are then in its tokens.", valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("A tokenizer's file, in place of a model.", valueName: "file"))
  var tokenizer: String?

  @Option(help: ArgumentHelp("The kind of all files; told for each by default.", valueName: "name"))
  var kind: String?

  @Option(
    help: ArgumentHelp(
      "Recognise scanned pages, in these languages of tesseract, such as eng+deu.",
      valueName: "languages"))
  var ocr: String?

  @Option(
    help: ArgumentHelp(
      "The command that writes down speech; whisper, whisper-cli or whisper-ctranslate2 is found.",
      valueName: "command"))
  var whisper: String?

  @Option(help: ArgumentHelp("The whisper command's model: a name or a file.", valueName: "model"))
  var whisperModel: String?

  @Option(
    parsing: .unconditional,
    help: "The longest that one run of an outside program may take, seconds.")
  var timeout = 300.0

  @Option(
    help: ArgumentHelp(
      "What cannot be used: skip it (kept in NAME.skipped.jsonl), stop at it, or report all of it and "
        + "stop.", valueName: "stop|skip|report"))
  var onError = BadRowPolicy.skip

  @Flag(help: "Replace the output, and the file beside it, when they are there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("Name a file or a folder to ingest.") }
    guard (8...1_000_000).contains(chunkSize) else {
      throw ValidationError("--chunk-size is \(chunkSize); expected 8 to 1000000.")
    }
    guard overlap >= 0, overlap < chunkSize else {
      throw ValidationError(
        "--overlap is \(overlap); expected 0 or more, and less than --chunk-size (\(chunkSize)).")
    }
    guard model == nil || tokenizer == nil else {
      throw ValidationError("Give either --model or --tokenizer.")
    }
    guard timeout.isFinite, (1...1e6).contains(timeout) else {
      throw ValidationError("--timeout is \(timeout); expected 1 to 1000000 seconds.")
    }
    if files.contains("-") {
      throw ValidationError("Documents are read from files; standard input has no name to tell.")
    }
  }

  func perform(_ console: Console) async throws {
    try OutputPlace.check(destination, beside: [.skipped], inputs: files, overwrite: overwrite)
    let measure = try (model ?? tokenizer).map { TextMeasure.tokens(of: try Tokenizer(path: $0)) }
    var ingestion = Ingestion(
      chunker: Chunker(size: chunkSize, overlap: overlap, measure: measure ?? .words),
      reading: ReadingSettings(
        ocr: ocr, whisper: whisper, whisperModel: whisperModel, seconds: timeout),
      kind: try kind.map(DocumentKinds.named), onError: onError)
    ingestion.parallel = 2
    let report = try await run(ingestion, console)
    console.endTransient()
    console.result(report.json, report.description)
  }

  /// Runs `ingestion`; Ctrl-C ends the program that reads a file at the moment, too.
  private func run(_ ingestion: Ingestion, _ console: Console) async throws -> IngestionReport {
    Interruption.listen()
    let (files, destination) = (files, destination)
    let work = Task {
      try await ingestion.run(files, to: destination) { done, count, source in
        try Interruption.check()
        console.progress("\(done + 1)/\(count) \(source)")
      }
    }
    let watch = Task {
      while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(100)) }
      work.cancel()
    }
    defer { watch.cancel() }
    do {
      return try await work.value
    } catch {
      try Interruption.check()
      throw error
    }
  }
}

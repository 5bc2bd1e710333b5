import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser

/// `anneal data score`.
struct DataScore: Verb {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "A stronger model grades rows from 1 to 5, with reasons.",
    discussion: "Criteria: "
      + Rubric.training.criteria.map(\.name).joined(separator: ", ")
      + ". The grades are written into each row under 'scores'.")

  @Argument(help: "Rows of any format; - is standard input.")
  var file: String

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("The JSON lines file to write.", valueName: "file"))
  var destination: String

  @OptionGroup var asking: TeacherOptions

  @Option(help: "How often each row is graded; the median is kept, with the spread.")
  var votes = 1

  @Option(
    help: ArgumentHelp(
      "Names and questions of your own: a YAML or JSON file.", valueName: "file"))
  var rubric: String?

  @Option(
    help: ArgumentHelp(
      "The chunks that the rows were made from, to grade groundedness by; may be repeated.",
      valueName: "file"))
  var chunks: [String] = []

  @Option(help: "The most tokens of an answer.")
  var maxTokens = 1024

  @Option(help: "What chance starts from, with several votes.")
  var seed: UInt64 = 17

  @Option(help: "The most rows of the file that are graded.")
  var limit: Int?

  @OptionGroup var reading: RowsForTeaching

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...99).contains(votes) else {
      throw ValidationError("--votes is \(votes); expected 1 to 99.")
    }
    guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("--limit takes 1 or more.") }
    guard (16...1_000_000).contains(maxTokens) else {
      throw ValidationError("--max-tokens is \(maxTokens); expected 16 to 1000000.")
    }
  }

  func perform(_ console: Console) async throws {
    try reading.check(
      destination, reads: [file], and: chunks, side: [.replies], isTrial: asking.dryRun)
    let rows = try reading.rows(of: file, limit: limit, output: destination, console)
    let opened = try asking.open(output: destination)
    let job = try Scoring(
      rows, rubric: try rubric.map { try Rubric(contentsOf: $0) } ?? .training, votes: votes,
      seed: seed, maximumTokens: maxTokens,
      chunks: chunks.isEmpty ? nil : try ChunkLibrary(chunks), prompts: opened.prompts)
    guard
      try await asking.tell(
        job.questions, tokensOfAnswer: job.tokensOfAnswer, opened, console)
    else { return }
    let result = try await asking.line(console).during { progress in
      try await job.rows(by: opened.teacher, progress: progress)
    }
    try asking.finish(
      result, output: destination, what: "graded of \(Amount.count(result.read))", opened, console)
  }
}

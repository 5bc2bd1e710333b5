import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser

/// `anneal data rewrite`.
struct DataRewrite: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rewrite",
    abstract: "A stronger model mends the texts of rows; what stood there is kept.",
    discussion: "What can be done:\n"
      + RewriteTask.all.map { "  \($0.name): \($0.words)\n" }.joined()
      + "What was changed stands under 'before' in the row.")

  @Argument(help: "Rows of any format; - is standard input.")
  var file: String

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("The JSON lines file to write.", valueName: "file"))
  var destination: String

  @OptionGroup var asking: TeacherOptions

  @Option(
    name: .customLong("do"),
    help: ArgumentHelp(
      "What is done, with commas between: " + RewriteTask.all.map(\.name).joined(separator: ", ")
        + ".", valueName: "a,b"))
  var tasks = "grammar"

  @Option(
    help: ArgumentHelp("The tone for --do tone, such as 'formal'.", valueName: "words"))
  var tone: String?

  @Option(
    help: ArgumentHelp(
      "The fields to mend, with commas between; what is learned of a row by default.",
      valueName: "a,b"))
  var fields: String?

  @Option(help: "The most tokens of an answer.")
  var maxTokens = 4096

  @Option(help: "The most rows of the file that are read.")
  var limit: Int?

  @OptionGroup var reading: RowsForTeaching

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !tasks.isEmpty else { throw ValidationError("--do is empty.") }
    guard tone == nil || tasks.split(separator: ",").contains("tone") else {
      throw ValidationError("--tone is for --do tone.")
    }
    guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("--limit takes 1 or more.") }
    guard (16...1_000_000).contains(maxTokens) else {
      throw ValidationError("--max-tokens is \(maxTokens); expected 16 to 1000000.")
    }
  }

  func perform(_ console: Console) async throws {
    let tasks = try RewriteTask.tasks(
      named: tasks.split(separator: ",").map(String.init), tone: tone)
    try reading.check(destination, reads: [file], side: [.replies], isTrial: asking.dryRun)
    let rows = try reading.rows(of: file, limit: limit, output: destination, console)
    let opened = try asking.open(output: destination)
    let job = try Rewriting(
      rows, tasks: tasks, fields: (fields ?? "").split(separator: ",").map(String.init),
      maximumTokens: maxTokens, prompts: opened.prompts)
    guard
      try await asking.tell(
        job.questions, tokensOfAnswer: job.tokensOfAnswer, opened, console)
    else { return }
    let result = try await asking.line(console).during { progress in
      try await job.rows(by: opened.teacher, progress: progress)
    }
    let changed = result.rows.count { $0["before"] != nil }
    try asking.finish(
      result, output: destination,
      what: "of \(Amount.count(result.read)), \(Amount.count(changed)) changed",
      opened, console)
  }
}

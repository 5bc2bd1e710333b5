import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser

/// `anneal data filter`.
struct DataFilter: Verb {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract:
      "Keeps rows by their grades and by rules; the others go to a side file with the reason.",
    discussion: "Rules:\n"
      + FilterRules.all.map { "  \($0.name): \($0.summary)\n" }.joined())

  @Argument(help: "Rows of any format; - is standard input.")
  var file: String

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("The JSON lines file to write.", valueName: "file"))
  var destination: String

  @Option(
    name: .customLong("min"),
    help: ArgumentHelp(
      "The least grade, such as groundedness=4; may be repeated.", valueName: "name=grade"))
  var least: [String] = []

  @Option(help: "The most that votes on a row may differ.")
  var maxSpread: Double?

  @Option(help: "The fewest words of an answer.")
  var minWords: Int?

  @Option(help: "The most words of an answer.")
  var maxWords: Int?

  @Option(
    help: ArgumentHelp(
      "Rules, with commas between, or all that can be looked at.", valueName: "a,b"))
  var rules: String?

  @Option(
    help: ArgumentHelp(
      "The chunks that the rows were made from; may be repeated.", valueName: "file"))
  var chunks: [String] = []

  @OptionGroup var reading: RowsForTeaching

  @OptionGroup var output: OutputOptions

  func validate() throws {
    for pair in least where Self.condition(pair) == nil {
      throw ValidationError("--min \(pair) is no condition; expected one such as groundedness=4.")
    }
    guard !least.isEmpty || maxSpread != nil || minWords != nil || maxWords != nil || rules != nil
    else {
      throw ValidationError(
        "There is nothing to filter by; give --min, --max-spread, --min-words, --max-words or "
          + "--rules.")
    }
    guard maxSpread.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--max-spread takes a number, 0 or more.")
    }
    guard (minWords ?? 0) >= 0, (maxWords ?? 0) >= 0, (minWords ?? 0) <= (maxWords ?? .max) else {
      throw ValidationError("No answer has --min-words or more and --max-words or fewer.")
    }
  }

  func perform(_ console: Console) async throws {
    try reading.check(destination, reads: [file], and: chunks)
    var filter = Filtering()
    filter.least = least.compactMap(Self.condition)
    filter.rules = try FilterRules.rules(
      named: (rules ?? "").split(separator: ",").map(String.init), hasChunks: !chunks.isEmpty)
    (filter.mostSpread, filter.leastWords, filter.mostWords) = (maxSpread, minWords, maxWords)
    filter.chunks = chunks.isEmpty ? nil : try ChunkLibrary(chunks)
    let rows = try reading.rows(of: file, output: destination, console)
    let result = try filter.result(of: rows)
    try result.write(to: destination)
    let side = SideFile.rejected.path(beside: destination)
    var lines = [
      "\(destination): \(Amount.count(result.rows.count)) of "
        + "\(Amount.count(result.read, of: "row")) kept"
    ]
    if !result.rejected.isEmpty {
      lines.append("\(side): \(Amount.count(result.rejected.count)) not kept")
      lines += result.reasons.map { "  \(Amount.count($0.count)) \($0.reason)" }
    }
    console.result(
      result.json(nil).setting("effort", to: nil).setting("unanswered", to: nil)
        .setting("output", to: .string(destination))
        .setting("rejected_file", to: result.rejected.isEmpty ? .null : .string(side)),
      lines.joined(separator: "\n"))
  }

  private static func condition(_ pair: String) -> (criterion: String, grade: Double)? {
    let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let grade = Double(parts[1]), grade.isFinite else {
      return nil
    }
    return (String(parts[0]), grade)
  }
}

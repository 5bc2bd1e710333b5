import Anneal
import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import ArgumentParser
import Foundation

/// Rows to measure a model on.
struct MeasureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The data file; may be given several times.", valueName: "file"))
  var data: [String] = []

  @Option(help: ArgumentHelp("The data's format; detected by default.", valueName: "name"))
  var format: String?

  @Option(
    help: ArgumentHelp(
      "Reply metrics with commas between, such as exact_match,f1; 'list' shows them.",
      valueName: "names"))
  var metrics = ""

  @Option(help: "The most tokens a reply may have.")
  var maxNewTokens = 256

  @Option(help: "The longest row, in tokens.")
  var maxLength = 2048

  @Option(help: "Measure the first rows only.")
  var limit: Int?

  var metricNames: [String] {
    metrics.split(separator: ",").map { String($0.filter { $0 != " " }) }
  }

  /// Measures `model`, with the adapter that is on.
  func examine(
    _ model: LanguageModel, _ console: Console, label: String, prompting: Prompting = Prompting()
  ) throws -> Examination {
    let maxLength = min(maxLength, model.network.configuration.maximumPositions)
    let rows = try EvaluationRows(
      files: data, format: format, limit: limit, maxLength: maxLength, prompting: prompting,
      encoder: model.encoder)
    let total = rows.records.count
    let report = rows.report
    if report.truncated + report.droppedRows > 0 {
      console.note(
        "\(label): of \(report.rows) rows \(report.truncated) are cut at \(maxLength) tokens, "
          + "\(report.droppedRows) left out of the loss")
    }
    defer { console.endTransient() }
    return try model.examine(
      rows.records, examples: rows.examples, metrics: metricNames, maxNewTokens: maxNewTokens
    ) { done in
      try Interruption.check()
      console.transient("\(label): \(done) of \(total) replies")
    }
  }
}

/// `anneal eval`: loss, perplexity, token accuracy and reply metrics.
struct Evaluate: Verb {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Measures a model on a data file, or by benchmarks.",
    discussion: """
      With --data: the loss on the rows, and metrics of the replies. With --tasks: evaluation tasks as
      lm-evaluation-harness has them (docs/guide/benchmarks.md); --tasks list shows those known.
      """)

  @Option(
    help: ArgumentHelp("The model's folder; needed but for --tasks list.", valueName: "folder"))
  var model: String?

  @OptionGroup var handling: ModelHandling
  @OptionGroup var measure: MeasureOptions
  @OptionGroup var task: TaskOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if measure.metrics == "list" { return }
    guard measure.data.isEmpty != (task.tasks == nil) else {
      throw ValidationError("Give either --data FILE or --tasks NAMES.")
    }
    guard model != nil || task.tasks == "list" else {
      throw ValidationError("Missing expected argument '--model <folder>'")
    }
    if let limit = measure.limit, limit < 1 {
      throw ValidationError("--limit is \(limit); expected 1 or more.")
    }
    if task.tasks == nil, task.record != nil {
      throw ValidationError("--output belongs to --tasks; --json prints the numbers.")
    }
  }

  func perform(_ console: Console) async throws {
    if measure.metrics == "list" {
      return console.result(
        .array(MetricRegistry.builtin.names.map { .string($0) }), MetricsTable.known)
    }
    guard let names = task.tasks else { return try measureRows(console) }
    if names == "list" { return try task.list(console) }
    Interruption.listen()
    let tasks = try task.chosen(names)
    let record = try task.measure(
      tasks, load(console), adapter: handling.adapter, limit: measure.limit, console)
    console.result(record.json, TaskTable.text(record))
  }

  private func load(_ console: Console) throws -> LanguageModel {
    try handling.load(model ?? "", console)
  }

  private func measureRows(_ console: Console) throws {
    let model = try load(console)
    let result = try measure.examine(model, console, label: "measuring")
    console.result(
      [
        "metrics": result.json, "rows": .integer(result.loss?.rows ?? 0),
        "tokens": .integer(result.loss?.tokens ?? 0),
      ],
      MetricsTable.text([("", result)]))
  }
}

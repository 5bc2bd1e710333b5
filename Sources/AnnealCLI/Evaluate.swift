import Anneal
import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import ArgumentParser
import Foundation

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
    if let tasks = task.tasks {
      guard tasks.contains(where: { $0 != "," && $0 != " " }) else {
        throw ValidationError("--tasks names no task; `--tasks list` shows those known.")
      }
      if let option = measure.ownOption {
        throw ValidationError("\(option) belongs to --data; a task says it itself.")
      }
    } else if let option = task.ownOption {
      throw ValidationError("\(option) belongs to --tasks.")
    }
    guard model != nil || task.tasks == "list" else {
      throw ValidationError("Missing expected argument '--model <folder>'")
    }
    if task.logSamples, measure.metricNames.isEmpty, task.tasks == nil {
      throw ValidationError("--log-samples needs replies: give --metrics too, such as f1.")
    }
  }

  func perform(_ console: Console) async throws {
    if measure.metrics == "list" {
      return console.result(
        .array(MetricRegistry.builtin.names.map { .string($0) }), MetricsTable.known)
    }
    if task.tasks == "list" { return try task.list(console) }
    Interruption.listen()
    if let path = task.record { try TaskRecord.place(path) }
    guard let names = task.tasks else { return try measureRows(console) }
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
    let record = ExaminationRecord(
      result, of: model, adapter: handling.adapter, data: measure.data,
      maxNewTokens: measure.maxNewTokens)
    if let path = task.record {
      let files = try record.write(to: path, withSamples: task.logSamples)
      console.note("written: \(files.joined(separator: ", "))")
    }
    console.result(
      record.json, [MetricsTable.text([("", result)]), record.summary].joined(separator: "\n"))
  }
}

import Anneal
import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import ArgumentParser

/// Rows to measure a model on.
struct MeasureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The data file; may be given several times.", valueName: "file"))
  var data: [String] = []

  @OptionGroup var source: SourceOptions

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

  func validate() throws {
    let counts = [
      ("--limit", limit ?? 1), ("--max-new-tokens", maxNewTokens), ("--max-length", maxLength),
    ]
    for (name, count) in counts where count < 1 {
      throw ValidationError("\(name) is \(count); expected 1 or more.")
    }
  }

  /// The metrics that are asked for, each once.
  var metricNames: [String] {
    var names: [String] = []
    for part in metrics.split(separator: ",") {
      let name = String(part.filter { $0 != " " })
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The first option that says something of rows of one's own.
  var ownOption: String? {
    if !metrics.isEmpty { return "--metrics" }
    if maxNewTokens != 256 { return "--max-new-tokens" }
    if maxLength != 2048 { return "--max-length" }
    return source.format == nil && source.columns.isEmpty ? nil : "--format or --map"
  }

  /// Checks names and files before a model is loaded.
  func check() throws {
    for name in metricNames { _ = try MetricRegistry.builtin.replyMetric(name) }
    _ = try source.sources(data)
  }

  /// Measures `model`, with the adapter that is on.
  func examine(
    _ model: LanguageModel, _ console: Console, label: String, prompting: Prompting = Prompting()
  ) throws -> Examination {
    let maxLength = min(maxLength, model.network.configuration.maximumPositions)
    let rows = try EvaluationRows(
      sources: source.sources(data), limit: limit, maxLength: maxLength, prompting: prompting,
      encoder: model.encoder)
    let report = rows.report
    if report.truncated + report.droppedRows > 0 {
      console.note(
        "\(label): of \(report.rows) rows \(report.truncated) are cut at \(maxLength) tokens, "
          + "\(report.droppedRows) left out of the loss")
    }
    if let note = model.templateNote, rows.records.contains(where: \.isConversation) {
      console.note("note: \(note)")
    }
    defer { console.endTransient() }
    let result = try model.examine(
      rows.records, examples: rows.examples, facts: rows.facts, metrics: metricNames,
      maxNewTokens: maxNewTokens, progress: ExaminationLine(label, console).show)
    for note in Self.notes(result.effort, limit: maxNewTokens) { console.note("\(label): \(note)") }
    return result
  }

  /// What to know of the replies beside their metrics.
  private static func notes(_ effort: ReplyEffort?, limit: Int) -> [String] {
    guard let effort else { return [] }
    let cut = Amount.count(effort.cut, of: "reply", "replies")
    let unasked = Amount.count(effort.unasked, of: "row")
    return [
      effort.cut > 0 ? "\(cut) ended at \(limit) tokens (--max-new-tokens)" : nil,
      effort.unasked > 0 ? "\(unasked) longer than the model count as empty replies" : nil,
    ].compactMap { $0 }
  }
}

extension Record {
  /// Whether it is written by a chat template.
  fileprivate var isConversation: Bool {
    if case .conversation = self { true } else { false }
  }
}

/// The line that tells how far an examination is, with the time that is left.
struct ExaminationLine {
  private let label: String
  private let console: Console
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  init(_ label: String, _ console: Console) {
    (self.label, self.console) = (label, console)
    start = clock.now
  }

  /// Draws the line; an interruption ends the work.
  func show(_ progress: ExaminationProgress) throws {
    try Interruption.check()
    let seconds = start.duration(to: clock.now) / .seconds(1)
    let left =
      progress.part == .replies && progress.done > 0
      ? ", \(Amount.seconds(seconds / Double(progress.done) * Double(progress.total - progress.done))) left"
      : ""
    console.progress(
      "\(label): \(progress.done) of \(progress.total) \(progress.part.rawValue)\(left)")
  }
}

import Anneal
import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import AnnealText
import AnnealTorch
import ArgumentParser
import Foundation

/// `anneal compare`: base against tuned, or any two models.
struct Compare: Verb {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Base against tuned, with confidence intervals and a verdict.",
    discussion: """
      The verdict is 'better' or 'worse' where the whole 95 % interval of the difference says so, else \
      'not distinguishable'. With --gate the exit status is 4 unless it is 'better'.
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp("A tuned model's folder, in place of an adapter.", valueName: "folder"))
  var tuned: String?

  @OptionGroup var opponent: OpponentOptions
  @OptionGroup var measure: MeasureOptions

  @Option(
    help: ArgumentHelp(
      "What decides: loss, or one of --metrics; the first of these, else the loss.",
      valueName: "metric"))
  var decideBy: String?

  @Option(
    help: ArgumentHelp(
      "A file that has nothing to do with the task, to see what was forgotten; may be given several "
        + "times.", valueName: "file"))
  var probe: [String] = []

  @Flag(help: "Exit with status 4 unless the verdict is 'better'.")
  var gate = false

  @OptionGroup var judging: JudgeOptions
  @OptionGroup var blind: BlindOptions

  @Option(help: "How many replies to show side by side.")
  var samples = 5

  @Option(help: ArgumentHelp("Write the comparison as a page.", valueName: "file"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Keep what servers answer in this file, so that nothing is asked twice; by default beside "
        + "--report.", valueName: "file.sqlite"))
  var replies: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !measure.data.isEmpty else {
      throw ValidationError("Missing expected argument '--data <file>'")
    }
    let names = measure.metricNames
    if opponent.isRemote {
      guard tuned == nil || model.adapter == nil else {
        throw ValidationError("Give either --adapter or --tuned.")
      }
      guard !names.isEmpty else {
        throw ValidationError(
          "--base-url needs --metrics: a hosted model tells no probabilities, so there is no loss.")
      }
    } else {
      guard (tuned == nil) != (model.adapter == nil) else {
        throw ValidationError("Give either --adapter or --tuned.")
      }
    }
    if let decideBy, decideBy != "loss", !names.contains(decideBy) {
      throw ValidationError("--decide-by \(decideBy) is neither loss nor one of --metrics.")
    }
    if names.isEmpty, judging.judge != nil || blind.blind != nil {
      throw ValidationError("--judge and --blind need replies: give --metrics too, such as f1.")
    }
  }

  func perform(_ console: Console) async throws {
    Interruption.listen()
    try checkBeforehand()
    let replies = try store()
    let sides = try ComparedModels(
      model, tuned: tuned, baseAdapter: opponent.baseAdapter, console)
    let prompting = try opponent.prompting()
    let base: Examination
    if opponent.isRemote {
      base = try await opponent.examine(measure, prompting, replies, console)
    } else {
      base = try sides.asBase {
        try measure.examine($0, console, label: "base", prompting: prompting)
      }
    }
    var comparison = Comparison(
      base: base, tuned: try sides.asTuned { try measure.examine($0, console, label: "tuned") })
    comparison.probes = try probe.map { try probed($0, sides) }
    comparison.facts = facts(sides, prompting)
    let metric = decideBy ?? comparison.primaryMetric
    guard let decision = comparison.decision(by: metric) else {
      throw AnnealError(
        .data, "the two models were not measured on the same \(metric)",
        remedy: metric == "loss"
          ? "Losses a token can be compared only where both models cut texts into the same tokens: "
            + "give --metrics, such as exact_match."
          : "Give rows that both can answer, or --decide-by another measure.")
    }
    // What was measured is told and written whatever becomes of the judge.
    var failure: (any Error)?
    do {
      comparison.judging = try await judging.judge(comparison, replies, console)
      try blind.write(comparison, console)
    } catch { failure = error }
    if let report { try AtomicFile.write(comparison.page(by: metric), to: report) }
    console.result(
      comparison.json(by: metric, samples: samples),
      ComparisonText.text(comparison, by: metric, samples: samples))
    if let failure { throw failure }
    guard gate, decision.verdict != .better else { return }
    throw AnnealError(.gate, "the gate says no: the verdict is '\(decision.verdict.rawValue)'")
  }

  /// Finds mistakes before anything is measured.
  private func checkBeforehand() throws {
    try measure.check()
    for file in [report, blind.blind, blind.key].compactMap({ $0 }) {
      try OutputPlace.check(
        file, inputs: measure.data + probe, overwrite: true, named: "report.html")
    }
    for file in probe { _ = try Dataset<Record>(files: [file]) }
    try judging.check()
  }

  /// Where servers' answers are kept.
  private func store() throws -> (any ReplyStore)? {
    guard opponent.isRemote || judging.isRemote else { return nil }
    let path = replies ?? report.map { $0 + ".replies.sqlite" }
    return try path.map { try SQLiteReplyStore(path: $0) }
  }

  /// Both models' loss on a file that has nothing to do with the task.
  private func probed(_ file: String, _ sides: ComparedModels) throws -> Comparison.Probe {
    guard !opponent.isRemote else {
      throw AnnealError(
        .usage, "--probe needs a base on this machine: a hosted model tells no probabilities",
        remedy: "Leave --probe or --base-url out.")
    }
    func loss(_ model: LanguageModel) throws -> LossMetrics? {
      let rows = try EvaluationRows(
        files: [file], limit: measure.limit,
        maxLength: min(measure.maxLength, model.network.configuration.maximumPositions),
        encoder: model.encoder)
      return try model.examine(rows.records, examples: rows.examples, metrics: []).loss
    }
    guard let base = try sides.asBase(loss), let tuned = try sides.asTuned(loss) else {
      throw AnnealError(.data, "there is nothing in it to measure", at: .init(file: file))
    }
    return Comparison.Probe(name: Folder.name(of: file), base: base, tuned: tuned)
  }

  private func facts(
    _ sides: ComparedModels, _ prompting: Prompting
  ) -> [(name: String, value: String)] {
    let adapted = { (model: String, adapter: String?) in
      ([model] + [adapter].compactMap { $0 }).map(Folder.name).joined(separator: " with ")
    }
    let facts: [(name: String, value: String?)] = [
      ("base", opponent.hostedName ?? adapted(model.model, opponent.baseAdapter)),
      ("tuned", tuned.map(Folder.name) ?? adapted(model.model, model.adapter)),
      ("data", measure.data.map(Folder.name).joined(separator: ", ")),
      ("prompt of the base", prompting.isEmpty ? nil : opponent.promptSummary),
      (
        "replies",
        measure.metricNames.isEmpty
          ? nil : "the likeliest token at each place, at most \(measure.maxNewTokens) tokens"
      ),
      ("number format", sides.dtype), ("intervals", "2,000 resamples of the rows, seed 17"),
    ]
    return facts.compactMap { fact in fact.value.map { (fact.name, $0) } }
  }
}

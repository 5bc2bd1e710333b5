internal import AnnealDatasets
internal import AnnealEvaluation
internal import AnnealFiles
internal import AnnealTorch
internal import AnnealTraining

/// Writes a run's folder: metrics a row at a time, checkpoints, `best`, `last`, and at the end the
/// summary, the curves and the report.
final class RunRecorder {
  private let recipe: Recipe
  private let folder: RunFolder
  private let model: LanguageModel
  private let loop: TrainingLoop
  private let data: RunData
  /// The report on the training data, without the names of this machine's folders.
  private let dataReport: PreparationReport
  private let metrics: MetricsWriter
  private let clock = ContinuousClock()
  private let began: ContinuousClock.Instant
  /// Seconds that earlier sittings of the same run took.
  private let secondsBefore: Double
  private var best: BestKeeper
  private var base: LossMetrics?
  private var last: LossMetrics?
  private var sinceRow: StepSums
  private var sets: DatasetLosses
  /// The row of a step whose evaluation was broken off; it is written when that is made up for.
  private(set) var pending: MetricsRow?

  init(
    _ recipe: Recipe, folder: RunFolder, model: LanguageModel, loop: TrainingLoop, data: RunData,
    began: ContinuousClock.Instant
  ) throws {
    self.recipe = recipe
    self.folder = folder
    self.model = model
    self.loop = loop
    self.data = data
    dataReport = data.trainingReport.portable(Recipe.portable)
    self.began = began
    let notes = folder.resume?.state["notes"]
    secondsBefore = notes?["seconds"]?.number ?? 0
    // A run that goes on in another folder has no best of its own yet.
    best = Folder.exists(folder.path + "/best") ? BestKeeper(notes) : BestKeeper()
    base = LossMetrics(notes?["base"])
    last = LossMetrics(notes?["last"])
    sinceRow = StepSums(notes?["since_row"])
    sets = try DatasetLosses(
      recipe.datasetNames, shares: data.shares, notes: notes?["datasets"], folder: folder.path)
    pending = (notes?["pending"]).flatMap(MetricsRow.init(json:))
    try AtomicFile.write(recipe.withoutPrivatePaths.yaml, to: folder.path + "/recipe.yaml")
    try AtomicFile.write(dataReport.json.text(.pretty) + "\n", to: folder.path + "/data.json")
    if data.skipped.isEmpty {
      try Folder.remove(folder.path + "/skipped.jsonl")
    } else {
      try AtomicFile.write(data.skipped.joined(), to: folder.path + "/skipped.jsonl")
    }
    metrics = try MetricsWriter(folder: folder.path)
    try AtomicFile.write(environment.text(.pretty) + "\n", to: folder.path + "/environment.json")
  }

  /// Whether there has been no better evaluation for too long.
  var stopsEarly: Bool {
    recipe.earlyStoppingPatience.map { best.evaluationsSince >= $0 } ?? false
  }

  private var seconds: Double { secondsBefore + (clock.now - began) / .seconds(1) }

  // MARK: Rows

  /// Takes in a step; every step is taken in once, before its row is written.
  func add(_ report: StepReport) {
    sinceRow.add(report)
    sets.add(report)
  }

  /// Writes the row of a step, when it is one to log.
  func record(_ report: StepReport) throws {
    let interval = recipe.loggingSteps.steps(of: loop.totalSteps)
    guard report.step % interval == 0 || report.step == loop.totalSteps else { return }
    try metrics.append(row(report))
    try sets.write(step: report.step)
  }

  /// Keeps the row of a step whose evaluation was broken off.
  func postpone(_ report: StepReport) { pending = row(report) }

  /// Writes the row of a step that was evaluated, or of the base at step 0.
  ///
  /// - Returns: whether it is the best so far, and was kept.
  func record(_ report: StepReport?, evaluation: LossMetrics) throws -> Bool {
    let made = report.map(row) ?? pending
    pending = nil
    var row = made ?? MetricsRow(step: loop.progress.step, seconds: seconds)
    row.evalLoss = evaluation.loss
    row.evalPerplexity = evaluation.perplexity
    row.evalTokenAccuracy = evaluation.tokenAccuracy
    row.peakBytes = Torch.Memory.peakBytes
    try metrics.append(row)
    if row.step > 0 { try sets.write(step: row.step) }
    last = evaluation
    guard made != nil else {
      base = evaluation
      return false
    }
    let isBest = best.takes(loss: evaluation.loss, at: loop.progress.step)
    if isBest { try keep("best") }
    return isBest
  }

  private func row(_ report: StepReport) -> MetricsRow {
    var row = MetricsRow(
      step: report.step, epoch: report.epoch, totalTokens: report.totalTokens,
      trainedTokens: loop.progress.trainedTokens, seconds: seconds)
    row.loss = sinceRow.meanLoss
    row.tokenAccuracy = sinceRow.tokenAccuracy
    row.learningRate = report.learningRate
    row.gradNorm = report.gradientNorm
    row.tokensPerSecond = sinceRow.tokensPerSecond
    sinceRow = StepSums()
    row.peakBytes = Torch.Memory.peakBytes
    return row
  }

  /// Words for a step that was skipped.
  func skipped(_ report: StepReport) -> String {
    let places = report.skippedSources.map(\.description)
    return "step \(report.step) is skipped: its gradient is not finite. Rows: "
      + places.joined(separator: ", ")
  }

  // MARK: Files

  /// Keeps the trained model as `best` or `last`.
  private func keep(_ name: String) throws {
    let path = folder.path + "/" + name
    if model.adapter == nil {
      try model.save(to: path)
    } else {
      try model.saveAdapter(to: path)
    }
  }

  func writeCheckpoint() throws {
    let notes = best.notes.setting("seconds", to: .number(seconds))
      .setting("recipe", to: .string(recipe.withoutPrivatePaths.yaml))
      .setting("since_row", to: sinceRow.json)
      .setting("datasets", to: sets.json).setting("pending", to: pending?.json ?? .null)
      .setting("base", to: base?.json ?? .null).setting("last", to: last?.json ?? .null)
    try loop.writeCheckpoint(to: folder.checkpoint(loop.progress.step), notes: notes) {
      folder in
      if model.adapter != nil { try model.saveAdapter(to: folder + "/adapter") }
    }
  }

  /// Writes what a finished run leaves.
  func finish() throws -> JSON {
    try keep("last")
    if best.step == nil { try keep("best") }
    let summary = try report(stopsEarly ? .stoppedEarly : .finished)
    try writeCards()
    return summary
  }

  /// The model cards of `best` and `last`.
  private func writeCards() throws {
    guard let facts = RunFacts(folder: folder.path) else { return }
    for name in ["best", "last"] where Folder.exists(folder.path + "/" + name) {
      let result = folder.path + "/" + name
      try ModelCard(
        facts, result: result, base: recipe.modelNameOrPath, publicName: model.publicName
      ).write(to: result)
    }
  }

  /// Writes the summary, the curves and the report of a run that ends as `status`.
  @discardableResult
  func report(_ status: Summary.Status) throws -> JSON {
    let rows = try MetricsFile.rows(at: folder.path + "/metrics.csv")
    let summary = summary(rows, status).json
    try AtomicFile.write(summary.text(.pretty) + "\n", to: folder.path + "/summary.json")
    try RunReport.write(
      recipe: recipe.withoutPrivatePaths, rows: rows, summary: summary,
      data: dataReport.description, environment: environment, to: folder.path)
    return summary
  }

  private func summary(_ rows: [MetricsRow], _ status: Summary.Status) -> Summary {
    var summary = Summary(
      status: status, stage: recipe.stage.rawValue,
      finetuningType: recipe.finetuningType.rawValue)
    summary.fill(from: rows)
    summary.parameters = model.network.parameterCount
    summary.trainableParameters = loop.parameters.count
    summary.skippedSteps = loop.progress.skipped
    summary.resumedFromStep = folder.resume?.step
    summary.splitMicroBatches = loop.progress.splitMicroBatches
    summary.reading = CurveReading(rows).sentences
    summary.datasets = sets.summaries
    if let tokens = loop.progress.fittingTokens {
      summary.reading.append(
        "\(summary.splitMicroBatches) micro-batches did not fit into memory and were computed in "
          + "parts of at most \(tokens) tokens; loss and gradients are those of the whole, up to "
          + "rounding.")
    }
    let paths = ["best", "last", "metrics.csv", "datasets.csv", "curves.svg", "report.html"]
    summary.files = paths.filter { Folder.holdsAnything(folder.path + "/" + $0) }
      .map { .init($0, $0) }
    return summary
  }

  private var environment: JSON {
    RunEnvironment.current(
      torchVersion: Torch.version, device: "\(model.network.device)",
      dtype: model.network.dtype.rawValue, threads: Torch.threads)
  }
}

extension LossMetrics {
  /// The metrics under the names of reports.
  var json: JSON {
    [
      "loss": .number(loss), "perplexity": .number(perplexity),
      "token_accuracy": .number(tokenAccuracy), "tokens": .integer(tokens), "rows": .integer(rows),
    ]
  }

  init?(_ json: JSON?) {
    guard let json, let loss = json["loss"]?.number else { return nil }
    self.init(
      loss: loss, tokenAccuracy: json["token_accuracy"]?.number ?? 0,
      tokens: json["tokens"]?.integer ?? 0, rows: json["rows"]?.integer ?? 0)
  }
}

internal import AnnealAdapters
internal import AnnealDatasets
internal import AnnealEvaluation
public import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch
internal import AnnealTraining

/// A run from recipe to results: data, training, evaluations, checkpoints, and the run's folder.
public final class TrainingRun {
  private var recipe: Recipe
  private let allowsInexactResume: Bool
  private let tell: (TrainingEvent) -> Void
  private let shouldStop: () -> Bool
  private let clock = ContinuousClock()

  /// A run of `recipe`.
  ///
  /// - Parameters:
  ///   - allowsInexactResume: go on even where the result will differ from an uninterrupted run's.
  ///   - shouldStop: asked between steps; true saves a checkpoint and ends with `.interrupted`.
  ///   - tell: told what happens, on the caller's thread.
  public init(
    _ recipe: Recipe, allowsInexactResume: Bool = false,
    shouldStop: @escaping () -> Bool = { false },
    tell: @escaping (TrainingEvent) -> Void = { _ in }
  ) {
    self.recipe = recipe.withWholePaths
    self.allowsInexactResume = allowsInexactResume
    self.shouldStop = shouldStop
    self.tell = tell
  }

  /// Runs to the end.
  ///
  /// - Returns: what `summary.json` holds.
  public func run() throws -> JSON {
    let start = clock.now
    Torch.Memory.resetPeak()
    if let threads = recipe.threads { Torch.threads = threads }
    let budget = Torch.Memory.budget
    defer { Torch.Memory.budget = budget }
    // What is free is free beside what this process holds already.
    let before = Torch.Memory.currentBytes
    let free = Memory.availableBytes.map { $0 + before }
    if let limit = recipe.memoryLimit?.bytes ?? free { Torch.Memory.budget = limit }
    let folder = try RunFolder(recipe)
    folder.notes.forEach { tell(.note($0)) }
    let model = try loadModel()
    fitLength(to: model)
    try stopBeforeFirstStep()
    let data = try RunData(
      recipe, encoder: model.encoder, shouldStop: shouldStop,
      tell: { [tell] in tell(.note($0)) })
    try stopBeforeFirstStep()
    tell(.prepared(training: data.trainingReport, validation: data.validationReport))
    if recipe.stage == .sft, data.trainingReport.templatedRows > 0, let note = model.templateNote {
      tell(.note("\(note), and is saved with the result; chat_template: names another"))
    }
    for line in data.shares?.lines(names: recipe.datasetNames) ?? [] { tell(.note(line)) }
    try check(data, fits: model)
    try check(
      model,
      .init(
        before: before, now: Torch.Memory.currentBytes, budget: Torch.Memory.budget))
    let loop = try makeLoop(model, data)
    try stopBeforeFirstStep()
    try folder.replaceOld()
    try resume(loop, folder)

    let recorder = try RunRecorder(
      recipe, folder: folder, model: model, loop: loop, data: data, began: start)
    do {
      try train(loop, model, data, recorder, folder)
    } catch let error as AnnealError {
      // What there is so far is shown too; the error is what counts.
      if error.code == .interrupted { _ = try? recorder.report(.interrupted) }
      if loop.hasDiverged { _ = try? recorder.report(.diverged) }
      throw error
    }
    return try recorder.finish()
  }

  // MARK: Before the first step

  private func loadModel() throws -> LanguageModel {
    let model = try LanguageModel.load(for: recipe)
    if model.network.dtype == .float32, recipe.dtype == .auto, model.network.device == .cpu {
      tell(.note("this processor has no fast bfloat16: training in float32"))
    }
    // Said now, not after hours of training.
    if let obstacle = ModelExport.obstacle(
      toExporting: recipe.modelNameOrPath, template: recipe.chatTemplate)
    {
      tell(.note("the result cannot be exported as GGUF: \(obstacle.message)"))
    }
    return model
  }

  /// A row or a window cannot be longer than the model has positions.
  private func fitLength(to model: LanguageModel) {
    if let note = recipe.fitLength(to: model.network.configuration.maximumPositions) {
      tell(.note(note))
    }
  }

  private func stopBeforeFirstStep() throws {
    guard shouldStop() else { return }
    throw AnnealError(
      .interrupted, "stopped before the first step; nothing was trained",
      at: .init(file: recipe.outputDir))
  }

  /// A model whose own weights are no numbers must not count as trained.
  private func checkNumbers(_ model: LanguageModel) throws {
    let broken = try Torch.checked {
      model.network.inventory.weights.first { weight in
        withoutGradient { !weight.value.to(.float32).abs().max().item().isFinite }
      }
    }
    guard let broken else { return }
    throw AnnealError(
      .model, "the tensor \(broken.path) holds values that are not finite",
      at: .init(file: recipe.modelNameOrPath),
      remedy: "The weights are damaged, or overflow in this dtype: fetch them again, or use "
        + "dtype: float32.")
  }

  private func makeLoop(_ model: LanguageModel, _ data: RunData) throws -> TrainingLoop {
    // The warm-up may be a share of the steps, which only the plan knows.
    let draft = recipe.settings(totalSteps: nil)
    let total = TrainingLoop.totalSteps(data.training, draft)
    return try Torch.checked {
      try TrainingLoop(
        model.network, training: model.trainableParameters, attachments: model.attachments,
        on: data.training, settings: recipe.settings(totalSteps: total))
    }
  }

  private func check(_ data: RunData, fits model: LanguageModel) throws {
    let limit = model.network.configuration.maximumPositions
    for report in [data.trainingReport, data.validationReport].compactMap({ $0 })
    where report.longest > limit {
      throw AnnealError(
        .recipe, "the longest row has \(report.longest) tokens; the model \(limit) positions",
        at: report.longestPlace, remedy: "Set max_length: \(limit) or less.")
    }
    if data.validation == nil, recipe.evalStrategy != .no || recipe.earlyStoppingPatience != nil {
      tell(.note("no row is held out: nothing is evaluated, and the last step counts as the best"))
    }
  }

  /// Before the loop makes copies, moments and masters of what it trains.
  private func check(_ model: LanguageModel, _ counted: Preflight.Counted) throws {
    let preflight = Preflight(
      model: model.network, trained: model.trainedTensors, recipe: recipe,
      counted: counted)
    try preflight.checkDisk()
    try preflight.checkMemory()
    let count = preflight.trainedCount
    tell(
      .trainable(count: count, share: Double(count) / Double(model.network.parameterCount)))
  }

  private func resume(_ loop: TrainingLoop, _ folder: RunFolder) throws {
    guard let checkpoint = folder.resume else {
      // A run that died before its first checkpoint begins anew; so do its metrics.
      try DatasetLosses.truncate(folder: folder.path, afterStep: -1)
      return try MetricsWriter.truncate(folder: folder.path, afterStep: -1)
    }
    let differences = changes(since: checkpoint) + loop.differences(from: checkpoint)
    if !differences.isEmpty {
      let list = differences.map { "\n  " + $0 }.joined()
      guard allowsInexactResume else {
        throw AnnealError(
          .recipe,
          "going on would not end with what the uninterrupted run would have; changed:\(list)",
          at: .init(file: checkpoint.folder),
          remedy: "Take the changes back, or accept them with --allow-inexact.")
      }
      tell(.note("going on inexactly; changed:\(list)"))
    }
    try loop.restore(checkpoint)
    // A row whose evaluation was broken off is written when that is made up for.
    let isPending = checkpoint.state["notes"]?["pending"]?.object != nil
    let kept = checkpoint.step - (isPending ? 1 : 0)
    try MetricsWriter.truncate(folder: folder.path, afterStep: kept)
    try DatasetLosses.truncate(folder: folder.path, afterStep: kept)
    try folder.prune(limit: nil, after: checkpoint.step)
  }

  /// What the recipe says otherwise than that of the checkpoint, as far as it changes the result.
  private func changes(since checkpoint: Checkpoint) -> [String] {
    guard let yaml = checkpoint.state["notes"]?["recipe"]?.string,
      let earlier = try? Recipe(yaml: yaml, file: checkpoint.folder)
    else { return ["the checkpoint does not say which recipe it was trained by"] }
    return recipe.withoutPrivatePaths.changedKeys(from: earlier).filter(\.affectsResult)
      .map(\.description)
  }

  // MARK: Steps

  private func train(
    _ loop: TrainingLoop, _ model: LanguageModel, _ data: RunData, _ recorder: RunRecorder,
    _ folder: RunFolder
  ) throws {
    tell(.begins(step: loop.progress.step, total: loop.totalSteps))
    try loop.tryLongest()
    var hasToldOfParts = tellOfParts(loop)
    if loop.progress.step == 0 {
      try evaluate(loop, model, data, recorder)
      try stopIfAsked(loop, recorder, folder)
    }
    if recorder.pending != nil {
      try evaluate(loop, model, data, recorder)
      try stopIfAsked(loop, recorder, folder)
    }
    var secondsInSteps = 0.0
    var stepsHere = 0
    while !recorder.stopsEarly {
      guard let report = try loop.next() else { break }
      (secondsInSteps, stepsHere) = (secondsInSteps + report.seconds, stepsHere + 1)
      let left = Double(loop.totalSteps - report.step) * secondsInSteps / Double(stepsHere)
      tell(.step(report, secondsLeft: left, peakBytes: Torch.Memory.peakBytes))
      if !report.skippedRows.isEmpty { tell(.note(recorder.skipped(report))) }
      if !hasToldOfParts { hasToldOfParts = tellOfParts(loop) }
      if report.step == 1, !report.loss.isFinite { try checkNumbers(model) }
      recorder.add(report)
      let isLast = report.step == loop.totalSteps
      if isLast || isDue(recipe.evalStrategy, recipe.evalSteps, report, loop),
        data.validation != nil
      {
        try evaluate(loop, model, data, recorder, report)
      } else {
        try recorder.record(report)
      }
      if isDue(recipe.saveStrategy, recipe.saveSteps, report, loop) {
        try save(loop, recorder, folder)
      }
      try stopIfAsked(loop, recorder, folder)
    }
  }

  /// Says that micro-batches are computed in parts from now on; false when they are not.
  private func tellOfParts(_ loop: TrainingLoop) -> Bool {
    guard let tokens = loop.progress.fittingTokens else { return false }
    tell(
      .note(
        "a micro-batch did not fit into memory: from now on those of more than \(tokens) tokens "
          + "are computed in parts, with the same loss and gradients up to rounding"))
    return true
  }

  private func evaluate(
    _ loop: TrainingLoop, _ model: LanguageModel, _ data: RunData, _ recorder: RunRecorder,
    _ report: StepReport? = nil
  ) throws {
    guard let validation = data.validation else { return }
    let metrics = try model.network.loss(
      on: validation, attachments: model.attachments,
      tokensPerBatch: recipe.perDeviceEvalBatchSize * recipe.maxLength, shouldStop: shouldStop)
    // An evaluation that was broken off measures nothing; the run stops at the next question.
    if shouldStop() {
      if let report { recorder.postpone(report) }
      return
    }
    if report == nil, !metrics.loss.isFinite { try checkNumbers(model) }
    let isBest = try recorder.record(report, evaluation: metrics)
    tell(.evaluated(step: loop.progress.step, metrics, isBest: isBest))
  }

  private func isDue(
    _ strategy: Recipe.Strategy, _ interval: Recipe.Interval, _ report: StepReport,
    _ loop: TrainingLoop
  ) -> Bool {
    switch strategy {
    case .no: false
    case .epoch: report.epoch == report.epoch.rounded() || report.step == loop.totalSteps
    case .steps:
      report.step % interval.steps(of: loop.totalSteps) == 0 || report.step == loop.totalSteps
    }
  }

  private func save(
    _ loop: TrainingLoop, _ recorder: RunRecorder, _ folder: RunFolder
  ) throws {
    try recorder.writeCheckpoint()
    try folder.prune(limit: recipe.saveTotalLimit)
    tell(.saved(step: loop.progress.step))
  }

  private func stopIfAsked(
    _ loop: TrainingLoop, _ recorder: RunRecorder, _ folder: RunFolder
  ) throws {
    guard shouldStop() else { return }
    let saved = Checkpoint.folders(in: folder.path + "/checkpoints").first?.step
    if saved != loop.progress.step || recorder.pending != nil {
      try save(loop, recorder, folder)
    }
    throw AnnealError(
      .interrupted,
      "stopped at step \(loop.progress.step) of \(loop.totalSteps); all of it is saved",
      at: .init(file: folder.path), remedy: "Go on with --resume.")
  }
}

public import AnnealDatasets
internal import AnnealNeural
internal import AnnealTorch
public import AnnealText
public import AnnealTraining

/// A training run in a program's own hands: an objective, an optimizer and batches.
///
///     for try await step in try trainer.steps(model, on: data.train) { print(step) }
///
/// `TrainingRun` is the same loop with a recipe, a run folder, evaluations and checkpoints in it.
public struct Trainer: Sendable {
  /// What is learned.
  public var objective: any Objective
  /// How.
  public var settings: TrainingSettings

  /// A trainer.
  ///
  /// - Parameters:
  ///   - objective: what is learned.
  ///   - optimizer: how values move.
  ///   - batch: what an optimizer step reads.
  ///   - epochs: passes over the data.
  public init(
    _ objective: any Objective, optimizer: some Optimizer, batch: BatchSettings, epochs: Double = 3,
    seed: UInt64 = 17
  ) {
    self.objective = objective
    settings = TrainingSettings(optimizer: optimizer, batch: batch, epochs: epochs, seed: seed)
  }

  /// The steps of training `model` on `data`: its adapter when one is on, else all of it.
  ///
  /// Nothing is computed before the first step is asked for, and `break` ends training.
  public func steps(_ model: LanguageModel, on data: Dataset<Record>) throws -> TrainingSteps {
    let prepared = ExampleBuilder(model.encoder, settings: objective.preparation)
      .examples(from: data)
    try prepared.report.check()
    model.hasLearnedTemplate = objective.preparation.stage == .supervised
    return TrainingSteps(
      try Torch.checked {
        try TrainingLoop(
          model.network, training: model.trainableParameters, attachments: model.attachments,
          on: prepared.examples, settings: settings)
      })
  }

  /// The steps of training `model` on conversations.
  public func steps(
    _ model: LanguageModel, on data: Dataset<Conversation>
  ) throws -> TrainingSteps { try steps(model, on: data.map { .conversation($0) }) }

  /// Trains to the end.
  ///
  /// - Returns: the last step's report.
  @discardableResult
  public func fit(
    _ model: LanguageModel, on data: Dataset<Record>, report: (StepReport) -> Void = { _ in }
  ) throws -> StepReport? {
    let loop = try steps(model, on: data).loop
    var last: StepReport?
    while let step = try loop.next() {
      report(step)
      last = step
    }
    return last
  }
}

public import AnnealDatasets
internal import AnnealFiles
public import AnnealNeural
public import AnnealTorch

/// The training loop: each call of `next()` performs one optimizer step.
///
/// What a step does is a pure function of the settings, the examples, the trained values with their
/// moments, and the step's number; so a run that is interrupted goes on as if it had not been.
public final class TrainingLoop {
  /// The model in training.
  public let model: any CausalModel
  /// What is trained.
  public let parameters: TrainedParameters
  /// The adapters that are on.
  public let attachments: [Site: [any Attachment]]
  /// How the run trains.
  public let settings: TrainingSettings
  /// The rows.
  public let examples: any ExampleSource
  /// Where the loop stands.
  public internal(set) var progress = Progress()
  /// What the optimizer remembers of each trained tensor.
  public let states: [OptimizerState]
  /// Steps of the whole run.
  public let totalSteps: Int

  /// A hash of every example's ids and loss mask, for checkpoints.
  public let dataHash: String
  /// A hash of values from all over the model the run began with, for checkpoints.
  public let modelHash: String

  let schedule: BatchSchedule
  let backward: BackwardPass

  /// How far a run is.
  public struct Progress: Sendable, Hashable {
    /// Optimizer steps done.
    public var step = 0
    /// Tokens read.
    public var totalTokens = 0
    /// Loss-bearing tokens learned from.
    public var trainedTokens = 0
    /// Steps in which the optimizer moved anything.
    public var optimizerSteps = 0
    /// Steps skipped because their gradient was not finite.
    public var skipped = 0
    /// Those of them without another between.
    public var skippedInARow = 0
    /// Tokens that fit into memory at once, as far as that was learned by running out of it.
    ///
    /// Micro-batches of more are computed in parts.
    public var fittingTokens: Int?
    /// The most tokens that were computed at once.
    public var largestFit = 0
    /// Micro-batches that were computed in parts.
    public var splitMicroBatches = 0
  }

  /// A loop over `examples`.
  ///
  /// - Parameters:
  ///   - parameters: the tensors to train, in a fixed order, by the names they are saved under.
  ///   - attachments: the adapters that are on while training.
  public init(
    _ model: any CausalModel, training parameters: [(name: String, value: Tensor)],
    attachments: [Site: [any Attachment]] = [:], on examples: any ExampleSource,
    settings: TrainingSettings
  ) throws {
    guard !examples.isEmpty else {
      throw AnnealError(
        .data, "there is no row to learn from",
        remedy: "Look at the report of the data: which rows were dropped, and why?")
    }
    try settings.check()
    self.model = model
    self.parameters = TrainedParameters(parameters)
    self.attachments = attachments
    self.settings = settings
    self.examples = examples
    states = try Torch.checked { [masters = self.parameters.masters] in
      masters.map(settings.optimizer.state)
    }
    schedule = BatchSchedule(examples.lengths, settings)
    dataHash = try Self.hash(examples)
    modelHash = try Self.hash(model)
    totalSteps = schedule.totalSteps
    backward = BackwardPass(
      model: model, parameters: self.parameters, checkpointing: settings.checkpointing,
      activations: try settings.activationFolder.map {
        try ActivationStore(for: model.device, in: $0)
      }, regularization: settings.regularization,
      sparesLastBlocks: settings.updatesInBackward,
      wantsLogProbabilities: examples.setCount > 1)
  }

  /// Optimizer steps that `settings` make of `examples`.
  public static func totalSteps(_ examples: any ExampleSource, _ settings: TrainingSettings) -> Int
  {
    BatchSchedule(examples.lengths, settings).totalSteps
  }

  /// A hash of the order and the packing of the whole run, for checkpoints.
  public var planHash: String { schedule.hash }

  private static func hash(_ examples: any ExampleSource) throws -> String {
    var digest = SHA256Digest.Running()
    for index in 0..<examples.count {
      let example = try examples.example(at: index)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(example.ids.count * 5 + 8)
      for (id, isTrained) in zip(example.ids, example.lossMask) {
        withUnsafeBytes(of: id.littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(isTrained ? 1 : 0)
      }
      withUnsafeBytes(of: Int64(example.row).littleEndian) { bytes.append(contentsOf: $0) }
      digest.add(bytes)
    }
    return digest.hex
  }

  // Another base under the same path is rarely a few bytes different: some values of every tensor
  // tell it apart, at no cost for a model of any size.
  private static func hash(_ model: any CausalModel) throws -> String {
    try Torch.checked {
      withoutGradient {
        var text = ""
        for weight in model.inventory.tensors {
          let count = weight.stored.count
          let places = (0..<min(count, 64)).map { $0 * (count / min(count, 64)) }
          let stored = weight.stored.detached().reshaped([count])
          var sample = stored.indexSelect(0, Tensor(places, on: stored.device))
          if let streamed = weight as? Streamed {
            // The same values as without streaming, and the pages are let go again.
            sample = sample.to(streamed.dtype)
            streamed.mapped.letGo()
          }
          let values = sample.to(.float32).floats()
          text += "\(weight.path) \(weight.shape) \(values.map(\.bitPattern))\n"
        }
        return SHA256Digest.hex(of: text)
      }
    }
  }

  /// What a step's micro-batches give.
  struct Sums {
    var lossSum = 0.0
    var correct = 0
    var tokens = 0
    var trainedTokens = 0
    var rows: [Int] = []
    /// Where the first rows stand.
    var sources: [AnnealError.Place] = []
    /// What each set of rows adds; empty for a single set.
    var sets: [StepReport.SetPart] = []

    mutating func add(_ result: BackwardPass.Result) {
      lossSum += result.lossSum
      correct += result.correct
    }
  }

  /// One optimizer step; nil when the run is done.
  public func next() throws -> StepReport? {
    guard progress.step < totalSteps else { return nil }
    let clock = ContinuousClock()
    let start = clock.now
    let (epoch, microBatches) = try schedule.step(progress.step)
    let rate = settings.optimizer.settings.schedule.rate(at: progress.step, of: totalSteps)
    let (sums, norm) =
      try settings.updatesInBackward
      ? stepInBackward(microBatches, rate: rate) : stepAfterBackward(microBatches, rate: rate)
    let isFinite = norm.isFinite && sums.lossSum.isFinite
    progress.step += 1
    progress.totalTokens += sums.tokens
    progress.trainedTokens += isFinite ? sums.trainedTokens : 0
    progress.skipped += isFinite ? 0 : 1
    progress.skippedInARow = isFinite ? 0 : progress.skippedInARow + 1
    try stopIfDiverged(at: sums.sources)
    let seconds = clock.now - start
    return StepReport(
      step: progress.step, totalSteps: totalSteps, epoch: epoch,
      loss: sums.lossSum / Double(max(1, sums.trainedTokens)),
      tokenAccuracy: Double(sums.correct) / Double(max(1, sums.trainedTokens)),
      learningRate: rate, gradientNorm: norm, tokens: sums.tokens,
      trainedTokens: sums.trainedTokens, totalTokens: progress.totalTokens,
      seconds: Double(seconds.components.seconds)
        + Double(seconds.components.attoseconds) * 1e-18,
      sets: sums.sets,
      skippedRows: isFinite ? [] : sums.rows, skippedSources: isFinite ? [] : sums.sources)
  }

  private func stepAfterBackward(
    _ microBatches: [[Int]], rate: Double
  ) throws -> (Sums, norm: Double) {
    let (gradients, sums) = try accumulate(microBatches)
    // √Σ g², summed in the parameters' order.
    let norm = try Torch.checked {
      gradients.reduce(0) { $0 + $1.sumOfSquares() }.squareRoot()
    }
    if norm.isFinite, sums.lossSum.isFinite { try update(by: gradients, norm: norm, rate: rate) }
    return (sums, norm)
  }

  /// Moves all values by gradients of norm `norm`, which is clipped.
  func update(by gradients: [Tensor], norm: Double, rate: Double) throws {
    let limit = settings.maxGradientNorm
    let step = OptimizerStep(
      number: progress.optimizerSteps + 1, rate: rate,
      gradientScale: limit > 0 && norm > limit ? limit / (norm + 1e-6) : 1)
    try Torch.checked {
      withoutGradient {
        let tensors = gradients.indices.map {
          OptimizedTensor(
            master: parameters.masters[$0], gradient: gradients[$0], state: states[$0])
        }
        settings.optimizer.update(tensors, step)
        parameters.publish()
      }
    }
    progress.optimizerSteps += 1
  }

  private func stepInBackward(
    _ microBatches: [[Int]], rate: Double
  ) throws -> (Sums, norm: Double) {
    let step = StepInBackward(
      parameters, settings.optimizer, states,
      OptimizerStep(number: progress.optimizerSteps + 1, rate: rate))
    let sums = try run(microBatches) { rows, scale, sums in
      let batch = PackedBatch(try examples.examples(at: rows))
      let result = try passAtOnce(rows, batch, scale: scale, into: step)
      sums.add(result)
      addSets(of: rows, batch, result, to: &sums)
    }
    try Torch.checked { step.finish() }
    progress.optimizerSteps += step.hasMoved ? 1 : 0
    return (sums, step.norm)
  }

  /// The gradients of a step and its losses, without taking it.
  ///
  /// - Parameter into: what there is of gradients already; nothing when nil.
  func accumulate(
    _ microBatches: [[Int]], into: GradientSums? = nil
  ) throws -> (gradients: [Tensor], sums: Sums) {
    let gradients = into ?? GradientSums(count: states.count)
    let sums = try run(microBatches) { rows, scale, sums in
      let parts = try add(rows, scale: scale, to: &sums, gradients)
      if parts > 1 { progress.splitMicroBatches += 1 }
    }
    return (
      try Torch.checked {
        states.indices.map { gradients.take($0, like: parameters.masters[$0]) }
      }, sums
    )
  }

  /// Runs `body` on a step's micro-batches, whose gradients are divided by the tokens of the step.
  private func run(
    _ microBatches: [[Int]],
    _ body: (_ rows: [Int], _ scale: Double, inout Sums) throws -> Void
  ) throws -> Sums {
    var sums = Sums()
    let batches = try microBatches.map { rows in
      let rows = try examples.examples(at: rows)
      sums.rows += rows.map(\.row)
      sums.sources += rows.prefix(max(0, 8 - sums.sources.count)).map(\.source)
      return PackedBatch(rows)
    }
    let stepTokens = batches.reduce(0) { $0 + $1.lossTokens }
    for (rows, batch) in zip(microBatches, batches) where batch.lossTokens > 0 {
      try body(rows, 1 / Double(max(1, stepTokens)), &sums)
      sums.tokens += batch.ids.count
      sums.trainedTokens += batch.lossTokens
    }
    return sums
  }

  /// Whether too many steps in a row had to be skipped.
  public var hasDiverged: Bool { progress.skippedInARow >= settings.maxSkippedSteps }

  private func stopIfDiverged(at sources: [AnnealError.Place]) throws {
    guard hasDiverged else { return }
    let named = sources.map(\.description)
    throw AnnealError(
      .failed,
      "the gradient was not finite in \(progress.skippedInARow) steps in a row, last at step "
        + "\(progress.step) on \(named.joined(separator: ", "))",
      remedy: "Lower learning_rate, use dtype: float32, or look at these rows. "
        + "The last checkpoint is intact.")
  }
}

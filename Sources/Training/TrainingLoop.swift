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
  public let examples: [Example]
  /// Where the loop stands.
  public internal(set) var progress = Progress()
  /// The optimizer's moments.
  public internal(set) var optimizer: AdamWState
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
    /// Steps skipped in a row because their gradient was not finite.
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
    attachments: [Site: [any Attachment]] = [:], on examples: [Example],
    settings: TrainingSettings
  ) throws {
    guard !examples.isEmpty else {
      throw AnnealError(
        .data, "there is no row to learn from",
        remedy: "Look at the report of the data: which rows were dropped, and why?")
    }
    self.model = model
    self.parameters = TrainedParameters(parameters)
    self.attachments = attachments
    self.settings = settings
    self.examples = examples
    optimizer = AdamWState(for: self.parameters.masters)
    schedule = BatchSchedule(examples.map(\.ids.count), settings)
    dataHash = Self.hash(examples)
    modelHash = try Self.hash(model)
    totalSteps = schedule.totalSteps
    backward = BackwardPass(
      model: model, parameters: self.parameters, checkpointing: settings.checkpointing,
      activations: try settings.activationFolder.map {
        try ActivationStore(for: model.device, in: $0)
      })
  }

  /// Optimizer steps that `settings` make of `examples`.
  public static func totalSteps(_ examples: [Example], _ settings: TrainingSettings) -> Int {
    BatchSchedule(examples.map(\.ids.count), settings).totalSteps
  }

  /// A hash of the order and the packing of the whole run, for checkpoints.
  public var planHash: String { schedule.hash }

  private static func hash(_ examples: [Example]) -> String {
    var bytes: [UInt8] = []
    for example in examples {
      for (id, isTrained) in zip(example.ids, example.lossMask) {
        withUnsafeBytes(of: id.littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(isTrained ? 1 : 0)
      }
      withUnsafeBytes(of: Int64(example.row).littleEndian) { bytes.append(contentsOf: $0) }
    }
    return SHA256Digest.hex(of: bytes)
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

  /// The gradients of the next step and its losses, without taking it.
  struct Accumulated {
    var gradients: [Tensor]
    var lossSum = 0.0
    var correct = 0
    var tokens = 0
    var trainedTokens = 0
    var rows: [Int] = []
  }

  /// One optimizer step; nil when the run is done.
  public func next() throws -> StepReport? {
    guard progress.step < totalSteps else { return nil }
    let clock = ContinuousClock()
    let start = clock.now
    let (epoch, microBatches) = try schedule.step(progress.step)
    let sum = try accumulate(microBatches)
    let norm = try Torch.checked { gradientNorm(sum.gradients) }
    let isFinite = norm.isFinite && sum.lossSum.isFinite
    let rate = settings.optimizer.schedule.rate(at: progress.step, of: totalSteps)
    if isFinite { try update(by: sum.gradients, norm: norm, rate: rate) }
    progress.step += 1
    progress.totalTokens += sum.tokens
    progress.trainedTokens += isFinite ? sum.trainedTokens : 0
    progress.skippedInARow = isFinite ? 0 : progress.skippedInARow + 1
    try stopIfDiverged(rows: sum.rows)
    let seconds = clock.now - start
    return StepReport(
      step: progress.step, totalSteps: totalSteps, epoch: epoch,
      loss: sum.lossSum / Double(max(1, sum.trainedTokens)),
      tokenAccuracy: Double(sum.correct) / Double(max(1, sum.trainedTokens)),
      learningRate: rate, gradientNorm: norm, tokens: sum.tokens,
      trainedTokens: sum.trainedTokens, totalTokens: progress.totalTokens,
      seconds: Double(seconds.components.seconds)
        + Double(seconds.components.attoseconds) * 1e-18,
      skippedRows: isFinite ? [] : sum.rows)
  }

  /// Sums the gradients of a step's micro-batches, each divided by the tokens of the whole step.
  func accumulate(_ microBatches: [[Int]]) throws -> Accumulated {
    let batches = microBatches.map { PackedBatch($0.map { examples[$0] }) }
    let stepTokens = batches.reduce(0) { $0 + $1.lossTokens }
    var sum = Accumulated(
      gradients: try Torch.checked {
        parameters.masters.map { .zeros($0.shape, .float32, on: $0.device) }
      })
    sum.rows = microBatches.flatMap { $0 }.map { examples[$0].row }
    for (rows, batch) in zip(microBatches, batches) where batch.lossTokens > 0 {
      let parts = try add(rows, scale: 1 / Double(max(1, stepTokens)), to: &sum)
      if parts > 1 { progress.splitMicroBatches += 1 }
      sum.tokens += batch.ids.count
      sum.trainedTokens += batch.lossTokens
    }
    return sum
  }

  /// √Σ‖g‖², summed in the parameters' order.
  private func gradientNorm(_ gradients: [Tensor]) -> Double {
    let norms = gradients.map { $0.norm().to(.cpu) }
    return norms.reduce(0) { $0 + $1.item() * $1.item() }.squareRoot()
  }

  func update(by gradients: [Tensor], norm: Double, rate: Double) throws {
    let limit = settings.maxGradientNorm
    let clipping = limit > 0 && norm > limit ? limit / (norm + 1e-6) : 1
    try Torch.checked {
      withoutGradient {
        optimizer.update(
          parameters.masters, by: gradients, settings.optimizer, rate: rate,
          gradientScale: clipping)
        parameters.publish()
      }
    }
  }

  /// Whether too many steps in a row had to be skipped.
  public var hasDiverged: Bool { progress.skippedInARow >= settings.maxSkippedSteps }

  private func stopIfDiverged(rows: [Int]) throws {
    guard hasDiverged else { return }
    let named = rows.prefix(8).map { row in
      examples.first { $0.row == row }.map { "\($0.source)" } ?? "row \(row)"
    }
    throw AnnealError(
      .failed,
      "the gradient was not finite in \(progress.skippedInARow) steps in a row, last at step "
        + "\(progress.step) on \(named.joined(separator: ", "))",
      remedy: "Lower learning_rate, use dtype: float32, or look at these rows. "
        + "The last checkpoint is intact.")
  }
}

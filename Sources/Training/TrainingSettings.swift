public import AnnealDatasets
public import AnnealFiles
public import AnnealTorch

/// How a run trains, whatever it trains.
public struct TrainingSettings: Sendable {
  /// The optimizer and its learning rate.
  public var optimizer: any Optimizer
  /// How rows become micro-batches and optimizer steps.
  public var batch: BatchSettings
  /// Passes over the data; a fraction ends in the middle of one.
  public var epochs: Double
  /// Optimizer steps at most, whatever the epochs.
  public var maxSteps: Int?
  /// The largest norm of the gradient; larger ones are scaled down.
  ///
  /// 0 leaves them.
  public var maxGradientNorm: Double
  /// Whether a tensor moves during the backward pass, as soon as its gradient is complete.
  ///
  /// The gradient of the whole model then never exists. The same values come out, so it needs steps
  /// of one micro-batch and gradients that are not clipped.
  public var updatesInBackward = false
  /// What is added to the loss; the reported loss is without it.
  public var regularization = LossRegularization()
  /// Which activations are kept.
  public var checkpointing: ActivationCheckpointing
  /// The folder for a scratch file that recomputed blocks' inputs wait in; nil keeps them where the
  /// model computes.
  ///
  /// Where that is a GPU, they wait in the processor's memory instead.
  public var activationFolder: String?
  /// What order, packing and dropout are functions of.
  public var seed: UInt64
  /// Steps in a row whose gradient is not finite before the run stops.
  public var maxSkippedSteps = 3

  /// Settings.
  public init(
    optimizer: some Optimizer, batch: BatchSettings, epochs: Double = 3, maxSteps: Int? = nil,
    maxGradientNorm: Double = 1, checkpointing: ActivationCheckpointing = .none, seed: UInt64 = 17
  ) {
    self.optimizer = optimizer
    self.batch = batch
    self.epochs = epochs
    self.maxSteps = maxSteps
    self.maxGradientNorm = maxGradientNorm
    self.checkpointing = checkpointing
    self.seed = seed
  }

  /// Throws where two settings contradict each other.
  func check() throws {
    guard 0..<1 ~= regularization.labelSmoothing, regularization.zLoss >= 0 else {
      throw AnnealError(
        .usage,
        "label smoothing is \(regularization.labelSmoothing) and the weight of z-loss "
          + "\(regularization.zLoss); expected 0 up to below 1, and 0 or more",
        remedy: "Leave them at 0 for the plain loss.")
    }
    guard updatesInBackward, batch.accumulation > 1 || maxGradientNorm > 0 else { return }
    throw AnnealError(
      .usage,
      "values cannot move during the backward pass when gradients are accumulated or clipped",
      remedy: "Set batch.accumulation to 1 and maxGradientNorm to 0, or updatesInBackward to false."
    )
  }
}

/// What one optimizer step did.
public struct StepReport: Sendable {
  /// The step, from 1.
  public var step: Int
  /// Steps of the whole run.
  public var totalSteps: Int
  /// Passes over the data so far.
  public var epoch: Double
  /// The mean loss of the step's tokens, nats/token.
  public var loss: Double
  /// The share of them the model would have said itself, 0…1.
  public var tokenAccuracy: Double
  /// The learning rate of the step.
  public var learningRate: Double
  /// The gradient's norm before clipping.
  public var gradientNorm: Double
  /// Tokens read by the step.
  public var tokens: Int
  /// Tokens of the step that bear loss.
  public var trainedTokens: Int
  /// Tokens read by the run so far.
  public var totalTokens: Int
  /// Seconds the step took.
  public var seconds: Double
  /// What each of several sets adds, by their numbers; empty when there is one.
  public var sets: [SetPart] = []
  /// Rows whose gradient was not finite: the step was skipped because of them.
  public var skippedRows: [Int]
  /// Where the first of them stand.
  public var skippedSources: [AnnealError.Place]

  /// What a set adds to a step.
  public struct SetPart: Sendable, Hashable {
    /// Nats, summed over its loss-bearing tokens.
    public var lossSum = 0.0
    /// Its tokens.
    public var tokens = 0
    /// Those of them that bear loss.
    public var trainedTokens = 0

    /// Nothing yet.
    public init() {}
  }

  /// Tokens read a second.
  public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}

extension StepReport: CustomStringConvertible {
  /// `step 40/300  loss 1.284 nats/token  31200 tokens/s`.
  public var description: String {
    guard loss.isFinite, abs(loss) < 1e12 else {
      return "step \(step)/\(totalSteps)  loss \(loss)  skipped"
    }
    let loss = String(Int((loss * 1000).rounded()))
    let padded = String(repeating: "0", count: max(0, 4 - loss.count)) + loss
    return "step \(step)/\(totalSteps)  loss \(padded.dropLast(3)).\(padded.suffix(3)) nats/token  "
      + "\(Int(tokensPerSecond)) tokens/s"
  }
}

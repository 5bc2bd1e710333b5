#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
public import AnnealFiles
internal import OrderedCollections

/// What a run came to: the content of `summary.json`.
public struct Summary: Sendable, Equatable {
  /// How a run ended.
  public enum Status: String, Sendable, CaseIterable {
    /// All its steps were done.
    case finished
    /// It stopped because evaluations no longer got better.
    case stoppedEarly = "stopped_early"
    /// It was asked to stop, and saved what was done.
    case interrupted
    /// It stopped because of too many steps with gradients that are not finite.
    case diverged
  }

  /// An evaluation.
  public struct Evaluation: Sendable, Equatable {
    /// The optimizer step it was made at.
    public var step: Int
    /// Mean loss, in nats a token.
    public var loss: Double
    /// Share of tokens that the model would have chosen itself, 0 to 1.
    public var tokenAccuracy: Double?

    /// An evaluation at `step`.
    public init(step: Int, loss: Double, tokenAccuracy: Double? = nil) {
      self.step = step
      self.loss = loss
      self.tokenAccuracy = tokenAccuracy
    }

    /// `exp` of the loss.
    public var perplexity: Double { exp(loss) }
  }

  /// How the run ended.
  public var status: Status
  /// The recipe's stage.
  public var stage: String
  /// The recipe's update type.
  public var finetuningType: String
  /// Optimizer steps done.
  public var steps = 0
  /// Passes over the training data done.
  public var epochs = 0.0
  /// Tokens that went through the model.
  public var totalTokens = 0
  /// Tokens that bore loss.
  public var trainedTokens = 0
  /// Values in the model.
  public var parameters = 0
  /// Values that were trained.
  public var trainableParameters = 0
  /// Seconds, all of the run counted.
  public var seconds = 0.0
  /// Mean speed of training, in tokens a second.
  public var tokensPerSecond = 0.0
  /// Largest memory that tensors took, in bytes.
  public var peakBytes = 0
  /// Training loss over the last tenth of the run, in nats a trained token.
  public var loss: Double?
  /// The base's evaluation.
  public var base: Evaluation?
  /// The best evaluation, whose model is in `best/`.
  public var best: Evaluation?
  /// The last evaluation, whose model is in `last/`.
  public var last: Evaluation?
  /// Steps that were left out because their gradient was not finite.
  public var skippedSteps = 0
  /// Micro-batches that did not fit into memory and were computed in parts.
  public var splitMicroBatches = 0
  /// The step of the checkpoint that the run went on from.
  public var resumedFromStep: Int?
  /// What the curves mean, a sentence each.
  public var reading: [String] = []
  /// What each of several data sets came to.
  public var datasets: [DatasetSummary] = []
  /// Files of the run by what they are, as paths in the run's folder.
  public var files: [Path] = []

  /// A file of the run.
  public struct Path: Sendable, Equatable {
    /// What it is, such as `best`.
    public var name: String
    /// Its path in the run's folder.
    public var path: String

    /// A file of the run.
    public init(_ name: String, _ path: String) {
      self.name = name
      self.path = path
    }
  }

  /// A summary with nothing counted yet.
  public init(status: Status, stage: String, finetuningType: String) {
    self.status = status
    self.stage = stage
    self.finetuningType = finetuningType
  }
}

extension Summary {
  /// Takes in what the rows of metrics know: steps, tokens, time, speed, loss and evaluations.
  public mutating func fill(from rows: [MetricsRow]) {
    guard let end = rows.last else { return }
    (steps, epochs, seconds) = (end.step, end.epoch, end.seconds)
    (totalTokens, trainedTokens) = (end.totalTokens, end.trainedTokens)
    peakBytes = rows.compactMap(\.peakBytes).max() ?? 0
    let losses = rows.compactMap(\.loss).filter(\.isFinite)
    loss = losses.isEmpty ? nil : CurveReading.ends(losses).end.mean
    let speeds = rows.compactMap(\.tokensPerSecond).filter(\.isFinite)
    // The harmonic mean: rows cover equal steps, so that is tokens over time.
    let inverse = speeds.filter { $0 > 0 }.reduce(0) { $0 + 1 / $1 }
    tokensPerSecond = inverse > 0 ? Double(speeds.filter { $0 > 0 }.count) / inverse : 0
    let evaluations = rows.compactMap { row in
      row.evalLoss.map {
        Evaluation(step: row.step, loss: $0, tokenAccuracy: row.evalTokenAccuracy)
      }
    }
    base = evaluations.first { $0.step == 0 }
    // Only a trained model can be the best one kept.
    best = evaluations.filter { $0.step > 0 && $0.loss.isFinite }.min { $0.loss < $1.loss }
    last = evaluations.last { $0.step > 0 }
  }

  /// The content of `summary.json`.
  public var json: JSON {
    var members: OrderedDictionary<String, JSON> = [
      "status": .string(status.rawValue), "stage": .string(stage),
      "finetuning_type": .string(finetuningType), "steps": .integer(steps),
      "epochs": .number(epochs), "total_tokens": .integer(totalTokens),
      "trained_tokens": .integer(trainedTokens), "parameters": .integer(parameters),
      "trainable_parameters": .integer(trainableParameters), "seconds": .number(seconds),
      "tokens_per_second": .number(tokensPerSecond), "peak_bytes": .integer(peakBytes),
    ]
    members["loss"] = loss.map { .number($0) } ?? .null
    members["base"] = base.map(Self.json) ?? .null
    members["best"] = best.map(Self.json) ?? .null
    members["last"] = last.map(Self.json) ?? .null
    members["skipped_steps"] = .integer(skippedSteps)
    members["split_micro_batches"] = .integer(splitMicroBatches)
    members["resumed_from_step"] = resumedFromStep.map { .integer($0) } ?? .null
    members["reading"] = .array(reading.map { .string($0) })
    if !datasets.isEmpty { members["datasets"] = .array(datasets.map(\.json)) }
    members["files"] = .object(
      OrderedDictionary(files.map { ($0.name, .string($0.path)) }, uniquingKeysWith: { $1 }))
    return .object(members)
  }

  private static func json(_ evaluation: Evaluation) -> JSON {
    [
      "step": .integer(evaluation.step), "loss": .number(evaluation.loss),
      "perplexity": .number(evaluation.perplexity),
      "token_accuracy": evaluation.tokenAccuracy.map { .number($0) } ?? .null,
    ]
  }

  /// The summary that a `summary.json` holds; nil when it lacks what every summary has.
  public init?(json: JSON) {
    guard let status = json["status"]?.string.flatMap(Status.init(rawValue:)),
      let stage = json["stage"]?.string, let type = json["finetuning_type"]?.string
    else { return nil }
    self.init(status: status, stage: stage, finetuningType: type)
    steps = json["steps"]?.integer ?? 0
    epochs = json["epochs"]?.number ?? 0
    totalTokens = json["total_tokens"]?.integer ?? 0
    trainedTokens = json["trained_tokens"]?.integer ?? 0
    parameters = json["parameters"]?.integer ?? 0
    trainableParameters = json["trainable_parameters"]?.integer ?? 0
    seconds = json["seconds"]?.number ?? 0
    tokensPerSecond = json["tokens_per_second"]?.number ?? 0
    peakBytes = json["peak_bytes"]?.integer ?? 0
    loss = json["loss"]?.number
    base = Self.evaluation(json["base"])
    best = Self.evaluation(json["best"])
    last = Self.evaluation(json["last"])
    skippedSteps = json["skipped_steps"]?.integer ?? 0
    splitMicroBatches = json["split_micro_batches"]?.integer ?? 0
    resumedFromStep = json["resumed_from_step"]?.integer
    reading = json["reading"]?.array?.compactMap(\.string) ?? []
    datasets = json["datasets"]?.array?.compactMap(DatasetSummary.init) ?? []
    for (name, path) in json["files"]?.object ?? [:] {
      if let path = path.string { files.append(Path(name, path)) }
    }
  }

  private static func evaluation(_ json: JSON?) -> Evaluation? {
    guard let step = json?["step"]?.integer, let loss = json?["loss"]?.number else { return nil }
    return Evaluation(step: step, loss: loss, tokenAccuracy: json?["token_accuracy"]?.number)
  }
}

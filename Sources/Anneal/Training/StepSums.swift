internal import AnnealFiles
internal import AnnealTraining

/// What the steps since the last row of metrics add up to.
///
/// Steps whose loss was not a number count only when there is no other.
struct StepSums {
  private var loss = 0.0
  private var correct = 0.0
  private var trainedTokens = 0.0
  private var tokens = 0.0
  private var seconds = 0.0

  /// Nothing yet.
  init() {}

  /// The sums that a checkpoint noted.
  init(_ json: JSON?) {
    loss = json?["loss"]?.number ?? 0
    correct = json?["correct"]?.number ?? 0
    trainedTokens = json?["trained_tokens"]?.number ?? 0
    tokens = json?["tokens"]?.number ?? 0
    seconds = json?["seconds"]?.number ?? 0
  }

  /// The sums for a checkpoint's notes.
  var json: JSON {
    [
      "loss": .number(loss), "correct": .number(correct), "trained_tokens": .number(trainedTokens),
      "tokens": .number(tokens), "seconds": .number(seconds),
    ]
  }

  mutating func add(_ step: StepReport) {
    tokens += Double(step.tokens)
    seconds += step.seconds
    guard step.loss.isFinite else { return }
    let count = Double(step.trainedTokens)
    loss += step.loss * count
    correct += step.tokenAccuracy * count
    trainedTokens += count
  }

  /// The mean loss of the trained tokens, nats/token; NaN when no step had one.
  var meanLoss: Double { trainedTokens > 0 ? loss / trainedTokens : .nan }

  /// The share of the trained tokens that the model would have chosen itself.
  var tokenAccuracy: Double { trainedTokens > 0 ? correct / trainedTokens : 0 }

  /// Tokens read a second of the steps alone.
  var tokensPerSecond: Double { seconds > 0 ? tokens / seconds : 0 }
}

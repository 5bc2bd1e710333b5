internal import AnnealFiles

/// The best evaluation so far, and how long there has been none better.
struct BestKeeper: Equatable {
  /// The step of the best evaluation.
  private(set) var step: Int?
  /// Its loss, nats/token.
  private(set) var loss: Double?
  /// Evaluations since.
  private(set) var evaluationsSince = 0

  init() {}

  /// What a checkpoint's notes hold.
  init(_ notes: JSON?) {
    step = notes?["best_step"]?.integer
    loss = notes?["best_loss"]?.number
    evaluationsSince = notes?["evaluations_since_best"]?.integer ?? 0
  }

  /// Takes an evaluation in; true when it is the best.
  mutating func takes(loss new: Double, at step: Int) -> Bool {
    guard new.isFinite, loss.map({ new < $0 }) ?? true else {
      evaluationsSince += 1
      return false
    }
    (self.step, loss, evaluationsSince) = (step, new, 0)
    return true
  }

  var notes: JSON {
    [
      "best_step": step.map { .integer($0) } ?? .null,
      "best_loss": loss.map { .number($0) } ?? .null,
      "evaluations_since_best": .integer(evaluationsSince),
    ]
  }
}

/// A run as a sequence: each `next()` performs one optimizer step on the caller's isolation.
///
/// There is no hidden task: `break` ends the run, and logging, early stopping and evaluation are
/// lines in the loop's body.
public struct TrainingSteps: AsyncSequence {
  /// The loop beneath, for checkpoints and evaluation between steps.
  public let loop: TrainingLoop

  /// The steps of `loop`.
  public init(_ loop: TrainingLoop) { self.loop = loop }

  /// Performs the steps.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let loop: TrainingLoop

    /// One optimizer step; nil when the run is done.
    public mutating func next() async throws -> StepReport? {
      try await next(isolation: #isolation)
    }

    /// One optimizer step on `actor`; nil when the run is done.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws -> StepReport? {
      try Task.checkCancellation()
      return try loop.next()
    }
  }

  /// Begins, or goes on, where the loop stands.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(loop: loop) }
}

internal import AnnealFiles
internal import Synchronization

/// Requests that failed while others are answered: one refused row is no reason to lose a thousand.
final class FailedRequests: Sendable {
  private struct State {
    var answered = 0
    var failed = 0
  }

  private let state = Mutex(State())

  /// How many failed.
  var count: Int { state.withLock(\.failed) }

  /// What `request` gives; nil when it failed although most others are answered.
  ///
  /// - Throws: the request's error when more than two and a tenth of the answered ones failed, so that
  ///   a wrong key or a server that is gone ends the work at once.
  func attempt<Result: Sendable>(
    _ request: @Sendable () async throws -> Result
  ) async throws -> Result? {
    do {
      let result = try await request()
      state.withLock { $0.answered += 1 }
      return result
    } catch let error as AnnealError where error.code != .interrupted {
      let isHopeless = state.withLock { state in
        state.failed += 1
        return state.failed > 2 + state.answered / 10
      }
      if isHopeless { throw error }
      return nil
    }
  }
}

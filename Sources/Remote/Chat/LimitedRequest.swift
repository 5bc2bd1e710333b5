internal import AnnealFiles

/// A request that waits for its turn under a limit, and is made again as a policy says.
struct LimitedRequest<Value: Sendable>: Sendable {
  private let request: WebRequest
  private let limit: RateLimit
  private let retry: RetryPolicy
  private let read: @Sendable ([UInt8], Double) throws -> (value: Value, tokens: Int?)

  /// A request of which `read` makes a value: from the answer's bytes and the seconds it took; with
  /// the tokens it used, as far as they are known.
  init(
    _ request: WebRequest, limit: RateLimit, retry: RetryPolicy,
    _ read: @escaping @Sendable ([UInt8], Double) throws -> (value: Value, tokens: Int?)
  ) {
    (self.request, self.limit, self.retry, self.read) = (request, limit, retry, read)
  }

  /// What the server answers.
  ///
  /// - Parameter estimate: the tokens that are thought to be used.
  /// - Throws: `WebFailure` when no attempt succeeded.
  func answer(estimate: Int) async throws -> Value {
    var attempts = Attempts(retry)
    while true {
      let left = attempts.secondsLeft
      let outcome = try await limit.run(estimate: estimate) {
        let outcome = try await attempt(within: left)
        return (outcome, try? outcome.result.get().tokens)
      }
      switch outcome.result {
      case .success(let answer): return answer.value
      case .failure(let failure):
        // Others behind the same limit would only be refused too.
        if failure.mayPass, let wait = failure.retryAfter, wait < left {
          await limit.pause(seconds: wait)
        }
        try await attempts.wait(after: failure, of: outcome.seconds)
      }
    }
  }

  /// How one attempt went, and how long it took.
  private struct Outcome: Sendable {
    var result: Result<(value: Value, tokens: Int?), WebFailure>
    var seconds: Double
  }

  private func attempt(within limit: Double) async throws -> Outcome {
    let start = ContinuousClock().now
    let result: Result<(value: Value, tokens: Int?), WebFailure>
    do {
      let bytes = try await within(seconds: limit) { [request] in
        try await Web.bytes(request).bytes
      }
      result = .success(try read(bytes, elapsedSeconds(since: start)))
    } catch let failure as WebFailure {
      result = .failure(failure)
    } catch let late as DeadlineExceeded {
      result = .failure(WebFailure(.broken, of: request, "\(late)"))
    } catch let error as AnnealError {
      result = .failure(WebFailure(.garbled, of: request, error.message))
    }
    return Outcome(result: result, seconds: elapsedSeconds(since: start))
  }
}

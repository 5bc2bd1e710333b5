/// How often a server may be asked: requests and tokens a minute, and requests at once.
///
/// One limit may be shared by several models behind the same account.
public actor RateLimit {
  private let requests: Int?
  private let tokens: Int?
  /// Requests at once.
  let concurrent: Int
  private let window: Duration
  private let clock = ContinuousClock()

  private var running = 0
  private var queue: [(ticket: Int, wake: CheckedContinuation<Void, any Error>)] = []
  private var tickets = 0
  /// What began within the window, oldest first.
  private var begun: [(ticket: Int, at: ContinuousClock.Instant, tokens: Int)] = []
  private var pausedUntil: ContinuousClock.Instant

  /// A limit.
  ///
  /// - Parameters:
  ///   - requestsPerMinute: nil for as many as one likes.
  ///   - tokensPerMinute: of questions and answers together; nil for as many as one likes.
  ///   - concurrent: requests at once, at least 1.
  public init(
    requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, concurrent: Int = 4
  ) {
    self.init(
      requests: requestsPerMinute, tokens: tokensPerMinute, concurrent: concurrent,
      window: .seconds(60))
  }

  init(requests: Int?, tokens: Int?, concurrent: Int, window: Duration) {
    self.requests = requests.map { max(1, $0) }
    self.tokens = tokens.map { max(1, $0) }
    self.concurrent = max(1, concurrent)
    self.window = window
    pausedUntil = ContinuousClock().now
  }

  /// Runs `work` when its turn comes.
  ///
  /// - Parameters:
  ///   - estimate: the tokens that `work` is thought to use.
  ///   - work: gives its result, and the tokens it used as far as they are known.
  func run<Value: Sendable>(
    estimate: Int, _ work: @Sendable () async throws -> (value: Value, tokens: Int?)
  ) async throws -> Value {
    try await enter()
    defer { leave() }
    let ticket = try await begin(estimate)
    let (value, tokens) = try await work()
    if let tokens, let index = begun.firstIndex(where: { $0.ticket == ticket }) {
      begun[index].tokens = tokens
    }
    return value
  }

  /// Lets nothing begin for `seconds`: the server asked for it.
  func pause(seconds: Double) {
    guard seconds > 0, seconds < 1e6 else { return }
    pausedUntil = max(pausedUntil, clock.now + .seconds(seconds))
  }

  private func enter() async throws {
    try Task.checkCancellation()
    if running < concurrent {
      running += 1
      return
    }
    tickets += 1
    let ticket = tickets
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (wake: CheckedContinuation<Void, any Error>) in
        // Cancelled before it came here: the handler below found nothing to take out.
        if Task.isCancelled {
          wake.resume(throwing: CancellationError())
        } else {
          queue.append((ticket, wake))
        }
      }
    } onCancel: {
      Task { await self.giveUp(ticket) }
    }
  }

  private func giveUp(_ ticket: Int) {
    guard let index = queue.firstIndex(where: { $0.ticket == ticket }) else { return }
    queue.remove(at: index).wake.resume(throwing: CancellationError())
  }

  /// The place goes to who waits longest.
  private func leave() {
    if queue.isEmpty { running -= 1 } else { queue.removeFirst().wake.resume() }
  }

  /// Waits until one more request with `estimate` tokens fits into the window.
  private func begin(_ estimate: Int) async throws -> Int {
    while let wait = wait(for: estimate) { try await Task.sleep(for: wait) }
    tickets += 1
    begun.append((tickets, clock.now, estimate))
    return tickets
  }

  private func wait(for estimate: Int) -> Duration? {
    let now = clock.now
    if pausedUntil > now { return now.duration(to: pausedUntil) }
    begun.removeAll { $0.at.duration(to: now) >= window }
    guard let oldest = begun.first else { return nil }
    let isFull = requests.map { begun.count >= $0 } ?? false
    // A request that is larger than a whole minute's tokens goes when nothing else does.
    let isTooMuch =
      tokens.map { begun.reduce(estimate) { $0.addingClamped($1.tokens) } > $0 } ?? false
    return isFull || isTooMuch ? window - oldest.at.duration(to: now) : nil
  }
}

extension Int {
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}

/// How often and how long a request that failed is made again.
///
/// Between two attempts it waits twice as long each time, by a part that chance decides, so that many
/// clients do not come back at once; and never less than the server asked for.
public struct RetryPolicy: Sendable, Hashable {
  /// The most attempts, the first one counted.
  public var attempts: Int
  /// The wait after the first failure, seconds.
  public var firstDelay: Double
  /// The longest wait that is chosen here, seconds.
  public var longestDelay: Double
  /// All attempts and waits together, seconds.
  public var deadline: Double

  /// A policy; as it stands, six attempts in at most ten minutes.
  public init(
    attempts: Int = 6, firstDelay: Double = 0.5, longestDelay: Double = 30, deadline: Double = 600
  ) {
    self.attempts = max(1, attempts)
    self.firstDelay = max(0, firstDelay)
    self.longestDelay = max(0, longestDelay)
    self.deadline = max(0, deadline)
  }

  /// The wait after `failures` failures in a row, seconds.
  func delay(after failures: Int) -> Double {
    var delay = firstDelay
    for _ in 1..<max(2, failures) where failures > 1 && delay < longestDelay { delay *= 2 }
    return min(delay, longestDelay) * Double.random(in: 0.5...1)
  }
}

/// Attempts at one thing under a policy, and what of the policy is used up.
struct Attempts {
  private let policy: RetryPolicy
  /// Seconds that attempts and the waits between them took.
  private var spent = 0.0
  private var failures = 0
  private var all = 0

  init(_ policy: RetryPolicy) { self.policy = policy }

  /// The seconds that are left for all attempts together.
  var secondsLeft: Double { policy.deadline - spent }

  /// Something went on: failures and seconds are counted anew from here.
  mutating func tookAStep() { (failures, spent) = (0, 0) }

  /// Waits before the next attempt.
  ///
  /// - Parameter seconds: how long the attempt took that failed.
  /// - Throws: `failure`, told with what was tried, when there is no next attempt.
  mutating func wait(after failure: WebFailure, of seconds: Double) async throws {
    failures += 1
    all += 1
    spent += seconds
    // A name that is not known or a port that is closed mostly stays so.
    let most = failure.kind == .unreachable ? min(3, policy.attempts) : policy.attempts
    let wait = max(policy.delay(after: failures), failure.retryAfter ?? 0)
    guard failure.mayPass, failures < most, wait < secondsLeft else {
      var failure = failure
      failure.message += ending(failure, isLast: failures >= most)
      throw failure
    }
    try await Task.sleep(for: .seconds(wait))
    spent += wait
  }

  private func ending(_ failure: WebFailure, isLast: Bool) -> String {
    guard failure.mayPass else { return "" }
    let tried = all > 1 ? " (tried \(all) times in \(Int(min(spent, 1e9))) s)" : ""
    guard !isLast, let asked = failure.retryAfter else { return tried }
    return tried
      + "; the server asks to wait \(Int(min(asked, 1e9).rounded(.up))) s, which is more "
      + "than the \(Int(min(max(0, secondsLeft), 1e9))) s that are left"
  }
}

/// The seconds since `start`.
func elapsedSeconds(since start: ContinuousClock.Instant) -> Double {
  start.duration(to: ContinuousClock().now) / .seconds(1)
}

/// Work that took longer than it was given.
struct DeadlineExceeded: Error, CustomStringConvertible {
  let seconds: Double
  var description: String { "no answer within \(Int(seconds.rounded())) s" }
}

/// Runs `body`, and gives it up after `seconds`.
func within<Value: Sendable>(
  seconds: Double, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: .seconds(max(0, min(seconds, 1e8))))
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else {
      throw DeadlineExceeded(seconds: seconds)
    }
    return value
  }
}

internal import Synchronization

/// The bytes of one attempt, to be taken back when it fails.
final class SentBytes: Sendable {
  private let sum = Mutex(0)

  var count: Int { sum.withLock { $0 } }

  func add(_ count: Int) { sum.withLock { $0 += count } }
}

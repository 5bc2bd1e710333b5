import Foundation
import Synchronization

/// Ctrl-C and SIGTERM, as a question that long work asks between steps.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// Whether the user or the system asked the work to stop.
  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// Whether it was the system.
  static var wasTerminated: Bool { received.load(ordering: .relaxed) == SIGTERM }

  /// Whether the work was asked to stop since this was last called.
  static func takeRequest() -> Bool { received.exchange(0, ordering: .relaxed) != 0 }

  /// Listens. A second signal of the same kind ends the process at once.
  static func listen() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.received.store(number, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}

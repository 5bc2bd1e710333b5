import AnnealFiles
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM, as a question that long work asks between steps.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// Whether the user or the system asked the work to stop.
  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// Whether it was the system.
  static var wasTerminated: Bool { received.load(ordering: .relaxed) == SIGTERM }

  /// Throws when the work was asked to stop.
  static func check() throws {
    if isRequested { throw AnnealError(.interrupted, "stopped") }
  }

  /// Leaves signals to the system again, as between two replies of a chat.
  static func ignore() {
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  /// Listens.
  ///
  /// A second signal of the same kind ends the process at once.
  static func listen() {
    received.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.received.store(number, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}

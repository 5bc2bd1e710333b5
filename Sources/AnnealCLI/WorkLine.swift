import Anneal
import AnnealDatasets
import AnnealFiles
import Synchronization

/// Draws how far long work on rows is, with the time left, and ends it at Ctrl-C.
final class WorkLine: Sendable {
  /// What Ctrl-C does to the work.
  enum Stopping {
    /// Ends it; what it would have written is not there.
    case atOnce
    /// Nothing: the work asks by itself, and keeps what is done.
    case bySelf
  }

  private let console: Console
  private let stopping: Stopping
  private let clock = ContinuousClock()
  private let memory: Mutex<Memory>

  private struct Memory {
    /// The part of the work, when it was first told of, and how much of it was done then.
    var name = ""
    var began: ContinuousClock.Instant
    var first = 0.0
    var drawn: ContinuousClock.Instant
  }

  private init(_ console: Console, _ stopping: Stopping) {
    (self.console, self.stopping) = (console, stopping)
    let now = clock.now
    memory = Mutex(Memory(began: now, drawn: now))
  }

  /// What `body` comes to.
  ///
  /// - Throws: what `body` throws, and `AnnealError` of kind `interrupted` at Ctrl-C.
  static func during<Result>(
    _ console: Console, stopping: Stopping = .atOnce, _ body: () throws -> Result
  ) throws -> Result {
    Interruption.listen()
    let line = WorkLine(console, stopping)
    defer {
      console.endTransient()
      Interruption.ignore()
    }
    return try WorkProgress.during({ try line.tell($0) }, body)
  }

  /// Ends work that was asked to end.
  static func check() throws {
    guard Interruption.isRequested else { return }
    throw AnnealError(.interrupted, "stopped; nothing was written")
  }

  private func tell(_ state: WorkProgress.State) throws {
    if stopping == .atOnce { try Self.check() }
    let now = clock.now
    let left: Double?? = memory.withLock { memory in
      if memory.name != state.name || state.share < memory.first {
        (memory.name, memory.began, memory.first) = (state.name, now, state.share)
      }
      // A person reads a few lines a second; how many others are told, the console knows.
      guard memory.drawn.duration(to: now) >= .milliseconds(100) else { return nil }
      memory.drawn = now
      let seconds = memory.began.duration(to: now) / .seconds(1)
      let done = state.share - memory.first
      guard seconds >= 1, done > 0 else { return .some(nil) }
      return .some(seconds / done * (1 - state.share))
    }
    guard let left else { return }
    console.progress(Self.words(state, left: left))
  }

  /// `state` as a line, such as `near-duplicates  42 %  0:12 left`.
  static func words(_ state: WorkProgress.State, left: Double?) -> String {
    var facts = [state.name]
    if state.share > 0 { facts.append("\(Int((state.share * 100).rounded(.down))) %") }
    if let left, left >= 1 { facts.append("\(Amount.clock(left)) left") }
    return facts.joined(separator: "  ")
  }
}

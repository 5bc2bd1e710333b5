import Anneal
import AnnealFiles
import AnnealRemote
import Synchronization

/// Draws how far a transfer is, with its speed and the time left, and stops it when it is asked to.
final class TransferLine: Sendable {
  private let console: Console
  private let verb: String
  private let clock = ContinuousClock()
  private let memory: Mutex<Memory>

  private struct Memory {
    /// Bytes moved at moments of the last seconds, oldest first.
    var samples: [(at: ContinuousClock.Instant, bytes: Int)]
    var drawn: ContinuousClock.Instant
  }

  /// A line that begins with `verb`, such as `pulling`.
  init(_ verb: String, _ console: Console) {
    (self.verb, self.console) = (verb, console)
    let now = clock.now
    memory = Mutex(Memory(samples: [(now, 0)], drawn: now))
    Interruption.listen()
  }

  /// Takes a step.
  ///
  /// - Throws: when the user asked to stop.
  func tell(_ state: TransferState) throws {
    try Interruption.check()
    let now = clock.now
    let speed: Double? = memory.withLock { memory in
      // A person reads a few lines a second; a file of notes needs one every few seconds.
      let pause: Duration = console.isTerminal ? .milliseconds(100) : .seconds(5)
      guard memory.drawn.duration(to: now) >= pause else { return nil }
      memory.drawn = now
      memory.samples.append((now, state.movedBytes))
      while memory.samples.count > 2, memory.samples[0].at.duration(to: now) > .seconds(10) {
        memory.samples.removeFirst()
      }
      let first = memory.samples[0]
      let seconds = first.at.duration(to: now) / .seconds(1)
      return seconds > 0 ? Double(state.movedBytes - first.bytes) / seconds : 0
    }
    guard let speed else { return }
    let line = words(state, speed)
    if console.isTerminal { console.transient(line) } else { console.note(line) }
  }

  private func words(_ state: TransferState, _ speed: Double) -> String {
    var facts = [
      "\(verb) \(state.files)/\(state.allFiles) files",
      "\(Amount.bytes(state.bytes)) of \(Amount.bytes(state.allBytes))",
    ]
    if speed >= 1 {
      facts.append("\(Amount.bytes(Int(min(speed, 1e15))))/s")
      let left = Double(state.allBytes - state.bytes) / speed
      if left >= 1 { facts.append("\(Amount.clock(left)) left") }
    }
    return facts.joined(separator: "  ")
  }
}

import Anneal
import AnnealDatasets
import AnnealFiles
import AnnealText
import Synchronization

/// Draws how far a teacher's work is, what it took and the time left.
final class TeachingLine: Sendable {
  private let console: Console
  private let price: TokenPrices?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let drawn: Mutex<ContinuousClock.Instant>

  init(_ price: TokenPrices?, _ console: Console) {
    (self.price, self.console) = (price, console)
    start = clock.now
    drawn = Mutex(start)
    Interruption.listen()
  }

  /// What `work` comes to, which is told how far it is; ended at once when the user asks for it, also
  /// while a server thinks.
  func during(
    _ work:
      @escaping @Sendable (@escaping @Sendable (TeachingState) throws -> Void) async throws
      -> TeachingResult
  ) async throws -> TeachingResult {
    defer { console.endTransient() }
    return try await withThrowingTaskGroup(of: TeachingResult?.self) { group in
      group.addTask { try await work(self.tell) }
      group.addTask {
        while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(100)) }
        throw AnnealError(
          .interrupted, "stopped",
          remedy: "Run the same again to go on: the answers that came are kept.")
      }
      defer { group.cancelAll() }
      guard let result = try await group.next() ?? nil else {
        throw AnnealError(.failed, "the work came to nothing")
      }
      return result
    }
  }

  private func tell(_ state: TeachingState) {
    let now = clock.now
    let isDue = drawn.withLock { last in
      // A person reads a few lines a second; how many others are told, the console knows.
      guard !console.isTerminal || last.duration(to: now) >= .milliseconds(100) else {
        return false
      }
      last = now
      return true
    }
    guard isDue else { return }
    console.progress(words(state, start.duration(to: now) / .seconds(1)), firstAtOnce: true)
  }

  private func words(_ state: TeachingState, _ seconds: Double) -> String {
    let usage = state.effort.usage
    var facts = ["\(state.done)/\(state.all) questions"]
    if state.failed > 0 { facts.append("\(state.failed) failed") }
    facts.append("\(Amount.count(usage.prompt)) + \(Amount.count(usage.completion)) tokens")
    if let price { facts.append("cost \(Amount.cost(price.cost(of: usage)))") }
    // Kept answers take no time, and say nothing of the rest.
    if state.effort.requests > 0, state.done < state.all {
      let left = seconds / Double(state.effort.requests) * Double(state.all - state.done)
      if left >= 1 { facts.append("\(Amount.clock(left)) left") }
    }
    return facts.joined(separator: "  ")
  }
}

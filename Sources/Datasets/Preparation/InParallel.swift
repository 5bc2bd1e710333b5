internal import Dispatch
internal import Synchronization

/// Work that one thread hands out in pieces and others do.
enum InParallel {
  /// Runs `work` on every piece that `produce` hands over, on so many threads.
  ///
  /// At most one piece more than there are threads waits, so that memory holds no more than those.
  ///
  /// - Parameter produce: runs on the calling thread and hands over one piece at a time.
  /// - Returns: what came of the pieces, in their order.
  /// - Throws: the failure of the first piece that has one, which does not depend on the threads.
  static func run<Piece: Sendable, Result: Sendable>(
    threads: Int, work: @escaping @Sendable (Piece) throws -> Result,
    produce: ((Piece) throws -> Void) throws -> Void
  ) throws -> [Result] {
    let queue = PieceQueue<Piece, Result>(room: max(1, threads) + 1)
    let group = DispatchGroup()
    for _ in 0..<max(1, threads) {
      DispatchQueue.global(qos: .userInitiated).async(group: group) { queue.run(work) }
    }
    do {
      try produce(queue.put)
    } catch is StoppedEarly {
      // The failure that stopped it is told below.
    } catch {
      queue.fail(error)
    }
    queue.close(threads: max(1, threads))
    group.wait()
    return try queue.results()
  }
}

/// A piece failed: no more are needed.
private struct StoppedEarly: Error {}

/// Pieces that wait, and what came of others.
private final class PieceQueue<Piece: Sendable, Result: Sendable>: Sendable {
  private struct State {
    var waiting: [(number: Int, piece: Piece)] = []
    var next = 0
    var results: [Int: Result] = [:]
    var failure: (number: Int, error: any Error)?
  }

  private let state = Mutex(State())
  private let room: DispatchSemaphore
  private let filled = DispatchSemaphore(value: 0)

  init(room: Int) { self.room = DispatchSemaphore(value: room) }

  /// Adds a piece, once there is room.
  func put(_ piece: Piece) throws {
    room.wait()
    let hasFailed = state.withLock { state in
      state.waiting.append((state.next, piece))
      state.next += 1
      return state.failure != nil
    }
    filled.signal()
    if hasFailed { throw StoppedEarly() }
  }

  /// What ends the work after all pieces so far.
  func fail(_ error: any Error) {
    state.withLock { state in
      if state.failure == nil { state.failure = (state.next, error) }
    }
  }

  /// Lets `threads` end once nothing waits.
  func close(threads: Int) {
    for _ in 0..<threads { filled.signal() }
  }

  /// Works until nothing is left.
  func run(_ work: (Piece) throws -> Result) {
    while true {
      filled.wait()
      let taken = state.withLock { state in
        state.waiting.isEmpty ? nil : state.waiting.removeFirst()
      }
      guard let (number, piece) = taken else { return }
      // Those after a failure are not needed, those before it may have one that counts more.
      let isNeeded = state.withLock { $0.failure.map { number < $0.number } ?? true }
      if isNeeded {
        do {
          let result = try work(piece)
          state.withLock { $0.results[number] = result }
        } catch {
          state.withLock { state in
            if state.failure.map({ number < $0.number }) ?? true { state.failure = (number, error) }
          }
        }
      }
      room.signal()
    }
  }

  func results() throws -> [Result] {
    try state.withLock { state in
      if let failure = state.failure { throw failure.error }
      return (0..<state.next).compactMap { state.results[$0] }
    }
  }
}

internal import Dispatch
internal import Synchronization

/// Work on many rows, by as many threads as there are cores.
enum ParallelRows {
  /// Calls `body` with ranges that cover 0..<`count`; which thread takes which is left open.
  ///
  /// - Throws: the failure of the first range, in order, that has one.
  static func forEachRange(
    of count: Int, size: Int = 512, threads: Int? = nil,
    _ body: @Sendable (Range<Int>) throws -> Void
  ) throws {
    let pieces = (count + size - 1) / size
    let next = Atomic<Int>(0)
    let failure = Mutex<(piece: Int, error: any Error)?>(nil)
    let workers = max(1, min(threads ?? availableCores(), pieces))
    // The threads below do not inherit what is bound to this one.
    let progress = WorkProgress.current
    let done = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let piece = next.add(1, ordering: .relaxed).oldValue
        guard piece < pieces else { return }
        let range = piece * size..<min((piece + 1) * size, count)
        do {
          try body(range)
          let rows = done.add(range.count, ordering: .relaxed).newValue
          try progress?.step(rows, of: count)
        } catch {
          failure.withLock { if $0.map({ piece < $0.piece }) ?? true { $0 = (piece, error) } }
          return
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }

  /// What `body` makes of each number below `count`, in order.
  static func map<Result: Sendable>(
    _ count: Int, size: Int = 512, threads: Int? = nil, filler: Result,
    _ body: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Shared([Result](repeating: filler, count: count))
    try forEachRange(of: count, size: size, threads: threads) { range in
      for index in range { results.set(try body(index), at: index) }
    }
    return results.takeAll()
  }
}

/// Values that several threads fill in, each place by one of them.
final class Shared<Value: Sendable>: Sendable {
  // Places are written by one thread each, and read when all are done; so sharing is safe.
  private nonisolated(unsafe) let places: UnsafeMutableBufferPointer<Value>

  init(_ values: [Value]) {
    places = .allocate(capacity: values.count)
    _ = places.initialize(from: values)
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }

  /// How many places there are.
  var count: Int { places.count }

  func set(_ value: Value, at index: Int) { places[index] = value }

  subscript(index: Int) -> Value { places[index] }

  /// The places of `range`.
  func part(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Value> {
    UnsafeMutableBufferPointer(rebasing: places[range])
  }

  /// All values.
  func takeAll() -> [Value] { Array(places) }
}

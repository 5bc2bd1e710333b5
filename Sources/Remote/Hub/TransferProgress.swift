internal import Synchronization

/// How far a transfer of files is.
public struct TransferState: Sendable, Hashable {
  /// Files that are done.
  public var files = 0
  /// All files.
  public var allFiles = 0
  /// Bytes that are there, those of earlier times too.
  public var bytes = 0
  /// The bytes of all files.
  public var allBytes = 0
  /// Bytes that went over the network this time.
  public var movedBytes = 0
}

/// The progress of files that are transferred side by side.
final class TransferProgress: Sendable {
  /// Is told after each step; what it throws ends the transfer.
  typealias Listener = @Sendable (TransferState) throws -> Void

  private let state: Mutex<TransferState>
  private let listener: Listener

  init(files: Int, bytes: Int, listener: @escaping Listener) {
    state = Mutex(TransferState(allFiles: files, allBytes: bytes))
    self.listener = listener
  }

  var movedBytes: Int { state.withLock { $0.movedBytes } }

  /// Bytes came over the network.
  func moved(_ bytes: Int) throws {
    try tell {
      $0.bytes += bytes
      $0.movedBytes += bytes
    }
  }

  /// Bytes turned out to be here already, or, when negative, to be of no use.
  func found(_ bytes: Int) throws { try tell { $0.bytes += bytes } }

  /// A file is done.
  func finishedFile() throws { try tell { $0.files += 1 } }

  private func tell(_ change: (inout TransferState) -> Void) throws {
    let now = state.withLock {
      change(&$0)
      return $0
    }
    do { try listener(now) } catch { throw Stopped(cause: error) }
  }

  /// Runs `body`; what the listener threw comes out as it threw it.
  static func unwrapping<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch let stopped as Stopped { throw stopped.cause }
  }
}

/// What a listener threw: not a failure of the network, whatever it is.
struct Stopped: Error {
  let cause: any Error
}

/// Runs `body` on all of `items`, at most `width` at once; the first failure ends the others.
func inParallel<Item: Sendable>(
  _ items: [Item], width: Int, _ body: @escaping @Sendable (Item) async throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    var rest = items.makeIterator()
    for _ in 0..<width {
      if let item = rest.next() { group.addTask { try await body(item) } }
    }
    while try await group.next() != nil {
      if let item = rest.next() { group.addTask { try await body(item) } }
    }
  }
}

public import AnnealDatasets
internal import AnnealFiles
public import AnnealRemote
internal import Dispatch
internal import Synchronization

/// An embedder behind a server, for work on a thread that may wait.
///
/// Not for tasks: those share their threads with the requests that are waited for.
public struct WaitingEmbedder: TextEmbedder {
  private let embedder: OpenAIEmbedder
  private let check: @Sendable () throws -> Void

  /// `embedder`, waited for.
  ///
  /// - Parameter check: called some times a second while it is waited for; an error it throws ends the
  ///   requests.
  public init(
    _ embedder: OpenAIEmbedder, check: @escaping @Sendable () throws -> Void = {}
  ) {
    (self.embedder, self.check) = (embedder, check)
  }

  /// Model and server.
  public var name: String { "\(embedder.model) at \(embedder.endpoint.url)" }

  /// So many that as many requests as may be are on their way.
  public var textsAtOnce: Int { embedder.textsAtOnce }

  /// The vectors that the server gives.
  public func vectors(of texts: [String]) throws -> [[Float]] {
    let answer = Answer()
    let task = Task { [embedder] in
      do { answer.give(.success(try await embedder.vectors(of: texts))) } catch {
        answer.give(.failure(error))
      }
    }
    do { return try answer.wait(check) } catch let refused as RefusedInput {
      throw RefusedText(place: refused.place, failure: refused.failure)
    } catch {
      task.cancel()
      throw error
    }
  }
}

/// What a task comes to, for a thread that waits for it.
private final class Answer: Sendable {
  private let result = Mutex<Result<[[Float]], any Error>?>(nil)
  private let isThere = DispatchSemaphore(value: 0)

  func give(_ result: Result<[[Float]], any Error>) {
    self.result.withLock { $0 = result }
    isThere.signal()
  }

  func wait(_ check: () throws -> Void) throws -> [[Float]] {
    while isThere.wait(timeout: .now() + .milliseconds(200)) == .timedOut { try check() }
    guard let result = result.withLock({ $0 }) else {
      throw AnnealError(.failed, "the server's answer was lost")
    }
    return try result.get()
  }
}

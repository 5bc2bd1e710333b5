import Anneal
import AnnealDatasets
import AnnealFiles
import AnnealRemote
import ArgumentParser
import Dispatch

/// A model that turns rows into vectors.
struct EmbedderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A model that turns rows into vectors, for semantic-duplicates: the address of a server of "
        + "OpenAI's API, such as http://…/v1, or the folder of a llama, mistral, qwen2 or qwen3 model.",
      valueName: "address or folder"))
  var embedder: String?

  @Option(help: ArgumentHelp("The embedder's name at its server.", valueName: "name"))
  var embedderName: String?

  @Option(
    help: ArgumentHelp(
      "The environment's variable with that server's key; OPENAI_API_KEY goes to OpenAI alone.",
      valueName: "variable"))
  var embedderKeyVariable: String?

  @Option(help: "Requests to that server that may be on their way at once; 4 by default.")
  var together: Int?

  func validate() throws {
    let isOfServer = embedderName != nil || embedderKeyVariable != nil || together != nil
    guard let embedder else {
      guard !isOfServer else {
        throw ValidationError(
          "--embedder-name, --embedder-key-variable and --together need --embedder.")
      }
      return
    }
    guard let place = ModelPlace(embedder, name: embedderName) else {
      throw ValidationError("--embedder-name is missing: the name of the model at \(embedder).")
    }
    if case .folder = place, isOfServer {
      throw ValidationError(
        "--embedder-name, --embedder-key-variable and --together are of a server, and '\(embedder)' "
          + "is no address; expected one that begins with http:// or https://.")
    }
    guard (1...1000).contains(together ?? 1) else {
      throw ValidationError("--together is \(together ?? 1); expected 1 to 1000.")
    }
  }

  /// What to call it on a card: its name, without a place of this machine or network.
  var label: String? { embedder.map { embedderName ?? Folder.name(of: $0) } }

  /// The embedding of rows, which tells how far it is; nil without an embedder.
  func open(_ console: Console) throws -> TextEmbedding? {
    let place = embedder.flatMap {
      ModelPlace($0, name: embedderName, keyVariable: embedderKeyVariable)
    }
    guard let place else { return nil }
    let limit = RateLimit(concurrent: together ?? 4)
    let embedder = try place.embedder(limit: limit) { try Interruption.check() }
    return TextEmbedding(by: embedder) { done, all in
      try WorkLine.check()
      console.progress("embedding: \(done) of \(all) rows")
    }
  }
}

/// Long work that waits for servers, which tasks must not do: they share few threads.
enum WaitingWork {
  /// What `body` comes to on a thread that may wait.
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { done in
      DispatchQueue.global(qos: .userInitiated).async {
        done.resume(with: Result { try body() })
      }
    }
  }
}

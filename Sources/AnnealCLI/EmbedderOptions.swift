import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser
import Dispatch

/// A model that turns rows into vectors.
struct EmbedderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A model that turns rows into vectors, for semantic-duplicates: a folder, or the address of a "
        + "server of OpenAI's API.", valueName: "folder or address"))
  var embedder: String?

  @Option(help: ArgumentHelp("The embedder's name at its server.", valueName: "name"))
  var embedderName: String?

  @Option(
    help: ArgumentHelp(
      "The environment's variable with that server's key; OPENAI_API_KEY goes to OpenAI alone.",
      valueName: "variable"))
  var embedderKeyVariable: String?

  func validate() throws {
    guard embedder != nil || (embedderName == nil && embedderKeyVariable == nil) else {
      throw ValidationError("--embedder-name and --embedder-key-variable need --embedder.")
    }
    if let embedder, EmbedderPlace(embedder, name: embedderName) == nil {
      throw ValidationError(
        "--embedder-name is missing: the name of the model at \(embedder).")
    }
  }

  /// What to call it on a card: its name, without a place of this machine or network.
  var label: String? { embedder.map { embedderName ?? Folder.name(of: $0) } }

  /// The embedding of rows, which tells how far it is; nil without an embedder.
  func open(_ console: Console) throws -> TextEmbedding? {
    let place = embedder.flatMap {
      EmbedderPlace($0, name: embedderName, keyVariable: embedderKeyVariable)
    }
    guard let place else { return nil }
    let embedder = try place.open { try Interruption.check() }
    return TextEmbedding(by: embedder) { done, all in
      // Between two embeddings, Ctrl-C ends the process as it does without one.
      if done == 0 { Interruption.listen() }
      try Interruption.check()
      console.progress("embedding: \(done) of \(all) rows")
      guard done == all else { return }
      Interruption.ignore()
      console.endTransient()
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

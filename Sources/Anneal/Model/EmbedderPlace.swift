public import AnnealDatasets
internal import AnnealFiles
public import AnnealRemote

/// Where an embedder is: in a folder of this machine, or behind a server of OpenAI's API.
public enum EmbedderPlace: Sendable, Hashable {
  /// A model's folder, or a GGUF file.
  case folder(String)
  /// A server's address, the model's name there, and the environment's variable with its key.
  case server(String, model: String, keyVariable: String?)

  /// The place that people write as `text`: an address has a scheme, such as `http://`.
  ///
  /// - Parameters:
  ///   - name: the model's name at a server.
  ///   - keyVariable: the variable with the server's key; nil for one that needs none, and OpenAI's.
  /// - Returns: nil for an address without a name.
  public init?(_ text: String, name: String?, keyVariable: String? = nil) {
    guard text.contains("://") else {
      self = .folder(text)
      return
    }
    guard let name else { return nil }
    self = .server(text, model: name, keyVariable: keyVariable)
  }

  /// The embedder itself, for work on a thread that may wait.
  ///
  /// - Parameters:
  ///   - limit: how often a server may be asked.
  ///   - check: called some times a second while a server is waited for; an error it throws ends the
  ///     work.
  /// - Throws: `AnnealError` when there is no model in the folder, or the address is none.
  public func open(
    limit: RateLimit = RateLimit(), check: @escaping @Sendable () throws -> Void = {}
  ) throws -> any TextEmbedder {
    switch self {
    case .folder(let path):
      return try LocalEmbedder(Self.model(path), name: Folder.name(of: path))
    case .server(let address, let model, let keyVariable):
      return WaitingEmbedder(
        OpenAIEmbedder(
          model, at: try APIEndpoint(address, keyVariable: keyVariable), limit: limit),
        check: check)
    }
  }

  /// The model in `folder`; most that people call embedders are of families that are not run here.
  private static func model(_ folder: String) throws -> LanguageModel {
    let device = try Hardware.device("auto")
    do {
      return try LanguageModel.load(from: folder, on: device, as: Hardware.fastest(on: device))
    } catch let error as AnnealError where error.place?.field == "model_type" {
      var error = error
      error.remedy =
        (error.remedy.map { $0 + " " } ?? "")
        + "Serve a model of another family, and give the server's address."
      throw error
    }
  }
}

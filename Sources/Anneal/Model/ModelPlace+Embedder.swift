public import AnnealDatasets
internal import AnnealFiles
public import AnnealRemote

extension ModelPlace {
  /// The model as an embedder, for work on a thread that may wait.
  ///
  /// - Parameters:
  ///   - limit: how often a server may be asked.
  ///   - check: called some times a second while a server is waited for; an error it throws ends the
  ///     work.
  /// - Throws: `AnnealError` when there is no model in the folder, or the address is none.
  public func embedder(
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

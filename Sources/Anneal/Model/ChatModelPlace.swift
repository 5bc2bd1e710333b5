internal import AnnealFiles
public import AnnealRemote
public import AnnealText

/// Where a chat model is: in a folder of this machine, or behind a server of OpenAI's API.
public enum ChatModelPlace: Sendable, Hashable {
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

  /// The model itself.
  ///
  /// - Parameters:
  ///   - limit: how often a server may be asked.
  ///   - store: where a server's answers are kept; nil keeps none.
  /// - Throws: `AnnealError` when there is no model in the folder, or the address is none.
  public func open(
    limit: RateLimit = RateLimit(), store: (any ReplyStore)? = nil
  ) throws -> any ChatModel {
    switch self {
    case .folder(let path):
      return LocalChatModel(try LanguageModel.load(from: path), name: Folder.name(of: path))
    case .server(let address, let model, let keyVariable):
      let hosted = OpenAIChatModel(
        model, at: try APIEndpoint(address, keyVariable: keyVariable), limit: limit)
      guard let store else { return hosted }
      return StoredChatModel(hosted, store: store)
    }
  }

  /// Finds out before there is work for it whether there is a model, or an address and its key.
  public func check() throws {
    switch self {
    case .folder(let path): _ = try ModelFolder(path)
    case .server(let address, _, let keyVariable):
      _ = try APIEndpoint(address, keyVariable: keyVariable)
    }
  }
}

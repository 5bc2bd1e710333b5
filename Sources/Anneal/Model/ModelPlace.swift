internal import AnnealFiles
public import AnnealRemote
public import AnnealText

/// Where a model is: in a folder of this machine, or behind a server of OpenAI's API.
public enum ModelPlace: Sendable, Hashable {
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

  /// The model itself, to talk to.
  ///
  /// - Parameters:
  ///   - limit: how often a server may be asked.
  ///   - store: where its answers are kept; nil keeps none.
  ///   - isStored: whether its replies are kept by the caller, so that a folder's files have to be
  ///     read to tell it from another of the same name.
  /// - Throws: `AnnealError` when there is no model in the folder, or the address is none.
  public func chatModel(
    limit: RateLimit = RateLimit(), store: (any ReplyStore)? = nil, isStored: Bool = false
  ) throws -> any ChatModel {
    switch self {
    case .folder(let path):
      return LocalChatModel(
        try LanguageModel.load(from: path), name: Folder.name(of: path),
        identity: isStored ? try Self.digest(path) : nil)
    case .server(let address, let model, let keyVariable):
      let hosted = OpenAIChatModel(
        model, at: try APIEndpoint(address, keyVariable: keyVariable), limit: limit)
      guard let store else { return hosted }
      return StoredChatModel(hosted, store: store)
    }
  }

  /// A hash of the files of the model at `path`.
  private static func digest(_ path: String) throws -> String {
    let names = Folder.names(in: path).filter { name in
      [".json", ".safetensors", ".model", ".jinja", ".txt"].contains { name.hasSuffix($0) }
    }
    let files = names.isEmpty ? [path] : names.map { path + "/" + $0 }
    return SHA256Digest.hex(
      of: try files.map { "\(Folder.name(of: $0)) \(try SHA256Digest.hex(ofFile: $0))" }
        .joined(separator: "\n"))
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

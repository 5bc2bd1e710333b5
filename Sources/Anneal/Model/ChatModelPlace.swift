internal import AnnealFiles
public import AnnealRemote
public import AnnealText

/// Where a chat model is: in a folder of this machine, or behind a server of OpenAI's API.
public enum ChatModelPlace: Sendable, Hashable {
  /// A model's folder, or a GGUF file.
  case folder(String)
  /// A server's address, and the model's name there.
  case server(String, model: String)

  /// The place that people write as `text`: an address has a scheme, such as `http://`.
  ///
  /// - Parameter name: the model's name at a server, or what to call that of a folder in reports.
  /// - Returns: nil for an address without a name.
  public init?(_ text: String, name: String?) {
    guard text.contains("://") else {
      self = .folder(text)
      return
    }
    guard let name else { return nil }
    self = .server(text, model: name)
  }

  /// The model itself.
  ///
  /// - Parameters:
  ///   - limit: how often a server may be asked.
  ///   - isStored: whether its replies are to be kept, so that a folder's files have to be read to
  ///     tell it from another of the same name.
  /// - Throws: `AnnealError` when there is no model in the folder, or the address is none.
  public func open(
    limit: RateLimit = RateLimit(), isStored: Bool = false
  ) throws -> any ChatModel {
    switch self {
    case .folder(let path):
      LocalChatModel(
        try LanguageModel.load(from: path), name: Folder.name(of: path),
        identity: isStored ? try Self.digest(path) : nil)
    case .server(let address, let model):
      OpenAIChatModel(model, at: try APIEndpoint(address), limit: limit)
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
}

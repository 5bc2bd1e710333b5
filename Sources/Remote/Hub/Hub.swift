internal import AnnealFiles
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import NIOHTTP1

/// The Hugging Face Hub, or another server with its routes.
public struct Hub: Sendable {
  /// The Hub's own address.
  public static let standard = "https://huggingface.co"

  /// The server's address.
  public var endpoint: String { address.description }
  /// Whether a token was found.
  public var hasToken: Bool { token != nil }
  /// How often and how long a request is made again.
  public var retry = RetryPolicy()

  let address: WebAddress
  let token: Secret?

  /// The server at `endpoint`, with the token that the environment or the standard file holds.
  ///
  /// - Parameters:
  ///   - endpoint: nil takes `HF_ENDPOINT`, or the Hub itself without one.
  ///   - environment: nil takes this process's own.
  /// - Throws: `AnnealError` when the address is none, or a token cannot be one.
  public init(
    endpoint: String? = nil, environment: [String: String]? = nil
  ) throws {
    let environment = environment ?? ProcessInfo.processInfo.environment
    let named = environment["HF_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 }
    address = try WebAddress(endpoint ?? named ?? Self.standard, option: "the endpoint")
    token = try Self.token(environment)
  }

  private static func token(_ environment: [String: String]) throws -> Secret? {
    for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] {
      if let text = environment[name], let token = try Secret(text, from: "$" + name) {
        return token
      }
    }
    let file = HubFolders(environment: environment).token
    guard Folder.holdsFile(file) else { return nil }
    return try Secret(String(decoding: TextContents.bytes(of: file), as: UTF8.self), from: file)
  }

  /// A request to `path` of this server.
  func request(_ method: HTTPMethod, _ path: String) throws -> WebRequest {
    guard let address = WebAddress(address.description + path) else {
      throw AnnealError(.failed, "'\(address)\(path)' is no address")
    }
    return WebRequest(method, address, token: token)
  }

  /// The JSON that a request about `repository` is answered with.
  func json(
    _ request: WebRequest, about repository: RepositoryID, revision: String? = nil
  ) async throws -> JSON {
    try await telling(about: repository, revision: revision) {
      try await Web.json(request, retry).json ?? .null
    }
  }

  /// Runs `body`; a failure of the network becomes one for people.
  func telling<Value>(
    about repository: RepositoryID, revision: String? = nil, _ body: () async throws -> Value
  ) async throws -> Value {
    do { return try await body() } catch let failure as WebFailure {
      throw error(failure, repository, revision)
    }
  }
}

extension Hub {
  /// A revision's own name for addresses.
  static func escaped(_ revision: String) -> String { WebAddress.escaped(revision) }

  /// `failure` for people: what the Hub's statuses mean, and what to do.
  func error(
    _ failure: WebFailure, _ repository: RepositoryID, _ revision: String? = nil
  ) -> AnnealError {
    let (found, remedy) = meaning(of: failure, repository, revision)
    return AnnealError(
      .failed, found.map { "\($0); \(failure.description)" } ?? failure.description,
      remedy: remedy)
  }

  private static let logIn =
    "Set HF_TOKEN, or log in with `hf auth login`; tokens are made at /settings/tokens of the Hub."

  private func meaning(
    of failure: WebFailure, _ repository: RepositoryID, _ revision: String?
  ) -> (found: String?, remedy: String?) {
    switch (failure.status, failure.code) {
    case (_, "RevisionNotFound"?):
      return (
        "\(repository) has no revision '\(revision ?? "?")'",
        "Name a branch, a tag or a commit; without --revision it is main."
      )
    case (_, "EntryNotFound"?): return ("the file is not in \(repository)", nil)
    case (_, "GatedRepo"?):
      return (
        "\(repository) is gated: its owner decides who may read it",
        token == nil
          ? Self.logIn : "Ask for access at \(address)\(repository.pagePath), then pull again."
      )
    case (401?, _) where token == nil:
      return (
        "there is no \(repository), or it is private or not yours to write to",
        "Check the name. For a private one: " + Self.logIn
      )
    case (401?, _):
      return (
        "the token is not accepted, or there is no \(repository)",
        "Check the name, and that the token is whole, not expired, and of this server."
      )
    case (403?, _):
      return (
        "the token may not do this",
        "Use a token with the right: to read a private or gated repository, or to write."
      )
    case (404?, _):
      return (
        "there is no \(repository)" + (token == nil ? "" : " that the token may see"),
        "Check the name and --repo-type." + (token == nil ? " " + Self.logIn : "")
      )
    case (nil, _) where failure.kind == .unreachable:
      return (nil, "Check the network; HF_ENDPOINT or --endpoint names another server.")
    default: return (nil, nil)
    }
  }
}

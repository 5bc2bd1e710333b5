internal import AnnealFiles
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import NIOHTTP1

/// A server of OpenAI's API: OpenAI's own, or another that speaks it (vLLM, Ollama, llama.cpp…).
public struct APIEndpoint: Sendable {
  /// OpenAI's own server.
  public static let openAI = "https://api.openai.com/v1"

  /// The address that paths such as `/chat/completions` follow.
  public var url: String { address.description }

  let address: WebAddress
  let key: Secret?
  /// The variable that the key is read from, for messages; nil when none is meant for this server.
  private let keyVariable: String?

  /// The server at `url`, with the key that the environment holds for it.
  ///
  /// - Parameters:
  ///   - url: nil takes `OPENAI_BASE_URL`, or OpenAI's own server without one.
  ///   - keyVariable: the variable that holds the key. nil takes `OPENAI_API_KEY` for OpenAI's own
  ///     server and for that of `OPENAI_BASE_URL`, where it may be missing; any other server gets no
  ///     key.
  ///   - environment: nil takes this process's own.
  /// - Throws: `AnnealError` when the address is none, or a key is needed and missing.
  public init(
    _ url: String? = nil, keyVariable: String? = nil, environment: [String: String]? = nil
  ) throws {
    let environment = environment ?? ProcessInfo.processInfo.environment
    let named = environment["OPENAI_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
    let address = try WebAddress(url ?? named ?? Self.openAI, option: "the base URL")
    self.address = address
    let isOpenAI = address.host == "api.openai.com"
    // One server's key must not reach another, whoever names that.
    let isUsual = isOpenAI || named.flatMap(WebAddress.init)?.origin == address.origin
    let variable = keyVariable ?? (isUsual ? "OPENAI_API_KEY" : nil)
    self.keyVariable = variable
    key = try variable.flatMap { name in
      try environment[name].flatMap { try Secret($0, from: "$" + name) }
    }
    guard key == nil, let variable, keyVariable != nil || isOpenAI else { return }
    throw AnnealError(
      .usage, "the environment has no \(variable), which \(address) needs",
      remedy: "export \(variable)=…, or name the variable that holds the key.")
  }

  /// A request to `path`.
  func request(_ method: HTTPMethod, _ path: String) throws -> WebRequest {
    guard let address = WebAddress(address.description + path) else {
      throw AnnealError(.failed, "'\(address)\(path)' is no address")
    }
    return WebRequest(method, address, token: key)
  }

  /// `failure` for people, with what to do about it.
  func error(_ failure: WebFailure) -> AnnealError {
    failure.error(remedy: remedy(failure))
  }

  private static let naming =
    "by --base-key-variable or --judge-key-variable (compare), --teacher-key-variable or "
    + "--embedder-key-variable (data), or --key-variable (hosted)."

  private func refusalRemedy() -> String {
    guard let keyVariable else {
      return "No key was sent: OPENAI_API_KEY goes to OpenAI's server and that of OPENAI_BASE_URL "
        + "only. Name the variable that holds this server's key \(Self.naming)"
    }
    return key == nil
      ? "Set \(keyVariable) to a key of this server, or name another variable \(Self.naming)"
      : "Check that \(keyVariable) holds a key of this server that may do this."
  }

  private func remedy(_ failure: WebFailure) -> String? {
    if failure.code == "insufficient_quota" { return "The account's quota is used up." }
    switch failure.status {
    case 401, 403: return refusalRemedy()
    case 404: return "Check the base URL (it mostly ends in /v1) and the name."
    case 429: return "Ask less often, with fewer requests at once, or wait."
    case nil where failure.kind == .unreachable:
      return "Check the base URL, and that the server runs."
    default: return nil
    }
  }
}

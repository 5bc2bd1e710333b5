internal import AnnealFiles
internal import AsyncHTTPClient
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A request that did not succeed.
struct WebFailure: Error {
  enum Kind: Sendable, Hashable {
    /// The server answered with a status of failure.
    case status(Int)
    /// The server could not be reached.
    case unreachable
    /// The connection broke, or nothing came for too long.
    case broken
    /// The server answered with what cannot be read.
    case garbled
  }

  var kind: Kind
  /// Method and address.
  var request: String
  /// What the server or the system says, cut to 300 characters.
  var message: String
  /// The server's own name of the failure.
  var code: String?
  /// How long the server asks to wait, seconds.
  var retryAfter: Double?

  /// The failure of `request` that `message` tells, which may quote the server: a token that it sent
  /// back is taken out.
  init(
    _ kind: Kind, of request: WebRequest, _ message: String, code: String? = nil,
    retryAfter: Double? = nil
  ) {
    (self.kind, self.code, self.retryAfter) = (kind, code, retryAfter)
    self.request = request.name
    self.message = Self.shown(message, hiding: request.token)
  }

  /// Whether the same request may succeed later.
  var mayPass: Bool {
    switch kind {
    case .status(let status):
      // A quota that is used up stays used up, though its status is that of a busy server.
      code != "insufficient_quota" && code != "billing_hard_limit_reached"
        && ([408, 425, 429, 529].contains(status)
          || (500...599).contains(status) && status != 501)
    case .unreachable, .broken: true
    case .garbled: false
    }
  }

  /// The status, when there was an answer.
  var status: Int? { if case .status(let status) = kind { status } else { nil } }

  /// The failure in words.
  var description: String {
    switch kind {
    case .status(let status):
      let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
      return "\(request) was answered with \(status) \(reason)"
        + (message.isEmpty ? "" : ": \(message)")
    case .unreachable: return "\(request): the server cannot be reached: \(message)"
    case .broken: return "\(request): the connection broke: \(message)"
    case .garbled: return "\(request): the answer cannot be read: \(message)"
    }
  }

  /// The failure for people.
  func error(remedy: String?) -> AnnealError {
    AnnealError(.failed, description, remedy: remedy)
  }
}

extension WebFailure {
  static let shownCharacters = 300

  /// The failure that an answer with a status of 400 or more stands for.
  init(_ request: WebRequest, status: Int, headers: HTTPHeaders, body: [UInt8]) {
    let text = String(decoding: body.prefix(1 << 16), as: UTF8.self)
    let json = try? JSON(parsing: text)
    let error = json?["error"]
    let code =
      headers.first(name: "X-Error-Code") ?? error?["code"]?.string ?? error?["type"]?.string
    let told: [String?] = [
      headers.first(name: "X-Error-Message"), error?["message"]?.string, error?.string,
      json?["message"]?.string, json?["detail"]?.string, json?.text() ?? text,
    ]
    self.init(
      .status(status), of: request, told.compactMap { $0 }.first ?? "", code: code,
      retryAfter: RetryAfter.seconds(headers))
  }

  /// The failure that `error`, which sending `request` came upon, stands for; nil for one that has
  /// nothing to do with the network.
  init?(_ request: WebRequest, _ error: any Error) {
    let kind: Kind
    let message: String
    switch error {
    case let error as HTTPClientError:
      if error == .cancelled { return nil }
      kind =
        error == .connectTimeout || error == .tlsHandshakeTimeout
          || error == .getConnectionFromPoolTimeout ? .unreachable : .broken
      message = error.shortDescription
    case let error as NIOConnectionError:
      kind = .unreachable
      message =
        error.connectionErrors.first.map { "\($0.error)" }
        ?? error.dnsAError.map { "\($0)" } ?? "the name \(error.host) is not known"
    case let error as IOError:
      let closed = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN]
      kind = closed.contains(error.errnoCode) ? .unreachable : .broken
      message = String(cString: strerror(error.errnoCode))
    case is SocketAddressError:
      kind = .unreachable
      message = "\(error)"
    case is ChannelError, is HTTPParserError, is DeadlineExceeded:
      kind = .broken
      message = "\(error)"
    default:
      // TLS failures are of a type of its own in a module of their own.
      guard !(error is AnnealError), !(error is CancellationError), !(error is WebFailure),
        !(error is Stopped)
      else { return nil }
      kind = .broken
      message = "\(error)"
    }
    self.init(kind, of: request, message)
  }

  // The token goes before the text is cut, which could leave a part of it.
  private static func shown(_ text: String, hiding token: Secret?) -> String {
    let text = token?.hidden(in: text) ?? text
    let line = ControlCharacters.shown(
      in: text.split(whereSeparator: \.isNewline).joined(separator: " "))
    return line.count > shownCharacters ? line.prefix(shownCharacters) + "…" : line
  }
}

extension WebRequest {
  /// Method and address, without what a question mark begins: signed addresses hold secrets there.
  var name: String { "\(method.rawValue) \(address.description.prefix { $0 != "?" })" }
}

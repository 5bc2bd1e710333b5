internal import AnnealFiles
internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// An answer whose body is still to come.
struct WebAnswer: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: HTTPClientResponse.Body
}

/// Requests over HTTP and what comes back.
enum Web {
  private static let mostRedirects = 10
  /// The longest answer that is held in memory: a repository's listing is some megabytes.
  private static let mostBytes = 256 << 20

  /// The answer to `request`, redirects followed; its body comes as it is read.
  ///
  /// - Throws: `WebFailure` when no answer comes, or one with a status of 400 or more.
  static func answer(to request: WebRequest) async throws -> WebAnswer {
    var request = request
    for _ in 0...mostRedirects {
      let response = try await failing(request) { [request] in
        try await Connections.client(for: request.address, isPatient: request.isPatient)
          .execute(try request.prepared(), deadline: .distantFuture)
      }
      let status = Int(response.status.code)
      if [301, 302, 303, 307, 308].contains(status),
        let location = response.headers.first(name: "Location")
      {
        // A connection whose answer was read to its end can be used again.
        _ = try? await response.body.collect(upTo: 1 << 16)
        request = try request.redirected(to: location, status: status)
        continue
      }
      guard status < 400 else {
        let body = try? await response.body.collect(upTo: 1 << 20)
        throw WebFailure(
          request, status: status, headers: response.headers,
          body: body.map { Array($0.readableBytesView) } ?? [])
      }
      return WebAnswer(status: status, headers: response.headers, body: response.body)
    }
    throw WebFailure(.garbled, of: request, "too many redirects")
  }

  /// The whole answer to `request`.
  static func bytes(_ request: WebRequest) async throws -> (headers: HTTPHeaders, bytes: [UInt8]) {
    let answer = try await answer(to: request)
    let body = try await failing(request) { try await answer.body.collect(upTo: mostBytes) }
    return (answer.headers, Array(body.readableBytesView))
  }

  /// The JSON that `request` is answered with, asked for again as `policy` says; nil for an empty
  /// answer.
  static func json(
    _ request: WebRequest, _ policy: RetryPolicy
  ) async throws -> (headers: HTTPHeaders, json: JSON?) {
    try await retrying(request, policy) {
      let (headers, bytes) = try await bytes(request)
      if bytes.isEmpty { return (headers, nil) }
      do {
        return (headers, try JSON(parsing: bytes, file: request.name))
      } catch {
        let start = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
        throw WebFailure(
          .garbled, of: request, "JSON is expected, and it begins with '\(start)'")
      }
    }
  }

  /// Makes attempts at `request`, which `body` sends, as `policy` says.
  static func retrying<Value: Sendable>(
    _ request: WebRequest, _ policy: RetryPolicy,
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    var attempts = Attempts(policy)
    while true {
      let start = ContinuousClock().now
      do {
        return try await within(seconds: attempts.secondsLeft, body)
      } catch let failure as WebFailure {
        try await attempts.wait(after: failure, of: elapsedSeconds(since: start))
      } catch let late as DeadlineExceeded {
        throw WebFailure(.broken, of: request, "\(late)")
      }
    }
  }

  /// Runs `body`; failures of the network become those of `request`.
  static func failing<Value>(
    _ request: WebRequest, _ body: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await body()
    } catch {
      try Task.checkCancellation()
      throw WebFailure(request, error) ?? error
    }
  }
}

extension WebRequest {
  fileprivate func prepared() throws -> HTTPClientRequest {
    var prepared = HTTPClientRequest(url: address.description)
    prepared.method = method
    prepared.headers.add(name: "User-Agent", value: "anneal/\(AnnealVersion.text)")
    for (name, value) in headers { prepared.headers.replaceOrAdd(name: name, value: value) }
    if let token { prepared.headers.replaceOrAdd(name: "Authorization", value: token.bearer) }
    switch body {
    case .none: break
    case .bytes(let bytes, let type):
      prepared.headers.replaceOrAdd(name: "Content-Type", value: type)
      prepared.body = .bytes(ByteBuffer(bytes: bytes))
    case .file(let file, let type):
      if let type { prepared.headers.replaceOrAdd(name: "Content-Type", value: type) }
      prepared.body = .stream(file, length: .known(Int64(file.count)))
    }
    return prepared
  }

  /// The request that a redirect asks for; a token goes along to the same server only.
  fileprivate func redirected(to location: String, status: Int) throws -> WebRequest {
    guard let next = address.following(location),
      !(address.scheme == "https" && next.scheme == "http")
    else {
      throw WebFailure(.garbled, of: self, "it leads to '\(location)'")
    }
    var request = self
    request.address = next
    if next.origin != address.origin {
      request.token = nil
      request.headers.removeAll { $0.name.lowercased() == "authorization" }
    }
    if [301, 302, 303].contains(status), method != .GET, method != .HEAD {
      request.method = .GET
      request.body = .none
    }
    return request
  }
}

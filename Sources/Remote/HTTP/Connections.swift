internal import AsyncHTTPClient
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import NIOCore
internal import Synchronization

/// The HTTP clients of this process, which keep connections open and use them again.
///
/// They live as long as the process does, on the threads that all users of NIO in it share.
enum Connections {
  private static let clients = Mutex<[Key: HTTPClient]>([:])

  private struct Key: Hashable {
    var proxy: ProxyServer?
    var isPatient: Bool
  }

  /// The client for `address`.
  ///
  /// - Parameter isPatient: whether silence is no failure, as while a model writes; else a minute of
  ///   it ends a request.
  static func client(for address: WebAddress, isPatient: Bool) -> HTTPClient {
    let proxy = ProxyServer(for: address, environment: ProcessInfo.processInfo.environment)
    let key = Key(proxy: proxy, isPatient: isPatient)
    return clients.withLock { clients in
      if let client = clients[key] { return client }
      let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: configuration(key))
      clients[key] = client
      return client
    }
  }

  private static func configuration(_ key: Key) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    // Redirects are followed by hand, so that a token stays with the server it is meant for.
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(
      connect: .seconds(15), read: key.isPatient ? nil : .seconds(60))
    // Over one HTTP/2 connection parallel transfers would share one window.
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.proxy = key.proxy.map { proxy in
      HTTPClient.Configuration.Proxy.server(
        host: proxy.host, port: proxy.port,
        authorization: proxy.credentials.map { HTTPClient.Authorization.basic(credentials: $0) })
    }
    return configuration
  }
}

/// A proxy that the environment names, by the variables that curl reads.
struct ProxyServer: Hashable {
  let host: String
  let port: Int
  /// Name and password in base 64.
  let credentials: String?

  /// The proxy for `address`; nil when none is named, or the host is excepted or this machine.
  init?(for address: WebAddress, environment: [String: String]) {
    func variable(_ name: String) -> String? {
      [name, name.uppercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    // HTTP_PROXY in capitals can be set by a request to a CGI program, and so is not read.
    let plain = environment["http_proxy"].flatMap { $0.isEmpty ? nil : $0 }
    let named = address.scheme == "https" ? variable("https_proxy") : plain
    guard let text = named ?? variable("all_proxy"),
      !Self.isExcepted(address.host, by: variable("no_proxy") ?? ""),
      let parts = URLComponents(string: text.contains("://") ? text : "http://" + text),
      let host = parts.host, !host.isEmpty
    else { return nil }
    self.host = host
    port = parts.port ?? 80
    credentials = parts.user.map {
      Data("\($0):\(parts.password ?? "")".utf8).base64EncodedString()
    }
  }

  private static func isExcepted(_ host: String, by list: String) -> Bool {
    if ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host) { return true }
    return list.split(separator: ",").contains { entry in
      let name = entry.filter { !$0.isWhitespace }.lowercased()
      let suffix = name.hasPrefix(".") ? name : "." + name
      return name == "*" || host == name || host.hasSuffix(suffix)
    }
  }
}

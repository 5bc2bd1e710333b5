internal import AnnealFiles
internal import NIOHTTP1

/// A request over HTTP, which can be sent more than once.
struct WebRequest: Sendable {
  /// What is sent along.
  enum Body: Sendable {
    case none
    case bytes([UInt8], type: String)
    case file(FileBody, type: String?)
  }

  var method: HTTPMethod
  var address: WebAddress
  var headers: [(name: String, value: String)] = []
  /// Sent to the address's own server only, also after redirects.
  var token: Secret?
  var body: Body = .none
  /// Whether silence is no failure, as while a model writes.
  var isPatient = false

  init(_ method: HTTPMethod, _ address: WebAddress, token: Secret? = nil) {
    (self.method, self.address, self.token) = (method, address, token)
  }

  /// The request with `json` to send.
  func sending(_ json: JSON, type: String = "application/json") -> WebRequest {
    var request = self
    request.body = .bytes(Array(json.text().utf8), type: type)
    return request
  }

  /// The request with one header more.
  func adding(_ name: String, _ value: String) -> WebRequest {
    var request = self
    request.headers.append((name, value))
    return request
  }
}

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import AnnealFiles

/// A server's address over HTTP.
struct WebAddress: Sendable, Hashable, CustomStringConvertible {
  /// The whole address.
  let description: String
  /// Scheme, host and port: what a token is meant for.
  let origin: String
  let scheme: String
  let host: String

  /// The address in `text`, without slashes at its end.
  ///
  /// - Throws: `AnnealError` of kind `usage` when it is none.
  init(_ text: String, option: String) throws {
    var trimmed = text
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    guard let address = WebAddress(trimmed) else {
      throw AnnealError(
        .usage,
        "\(option) is '\(Self.withoutLogin(text))'; expected an address such as https://host/path",
        remedy: "Give scheme and host, and no name or password: keys come from the environment.")
    }
    self = address
  }

  /// `text` for messages: with `…` for a name and password.
  private static func withoutLogin(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    let scheme = parts.count == 2 && !parts[0].contains("@") ? "\(parts[0])://" : ""
    return "\(scheme)…\(text[at...])"
  }

  /// The address in `text`; nil when it is none of HTTP, or has a name or password in it.
  init?(_ text: String) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let host = parts.host?.lowercased(), !host.isEmpty,
      parts.user == nil, parts.password == nil
    else { return nil }
    description = text
    self.scheme = scheme
    self.host = host
    origin = "\(scheme)://\(host):\(parts.port ?? (scheme == "https" ? 443 : 80))"
  }

  /// Where `location`, which a server named, leads from here; nil when it is no address.
  func following(_ location: String) -> WebAddress? {
    guard let base = URL(string: description),
      let url = URL(string: location, relativeTo: base)?.absoluteURL
    else { return nil }
    return WebAddress(url.absoluteString)
  }

  /// `text` with all but letters, digits and `-._~` as `%` and two digits (RFC 3986).
  ///
  /// - Parameter kept: further characters that stay.
  static func escaped(_ text: String, keeping kept: String = "") -> String {
    let digits = Array("0123456789ABCDEF")
    var escaped = ""
    for byte in text.utf8 {
      let character = Character(Unicode.Scalar(byte))
      let isPlain = byte < 0x80 && (character.isLetter || character.isNumber)
      if isPlain || "-._~".contains(character) || (byte < 0x80 && kept.contains(character)) {
        escaped.append(character)
      } else {
        escaped += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return escaped
  }
}

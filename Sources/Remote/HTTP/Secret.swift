internal import AnnealFiles

/// A key or token: it goes into a request's header and nowhere else.
///
/// It cannot be printed by accident, and texts that a server sent back lose it before they are shown.
struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  private let text: String

  /// The secret in `text`, spaces at its ends left out; nil when nothing is left.
  ///
  /// - Parameter source: where it came from, for messages.
  /// - Throws: `AnnealError` when it holds characters that no key has, as when a whole file was put
  ///   into the variable.
  init?(_ text: String, from source: String) throws {
    let trimmed = String(
      text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    guard !trimmed.isEmpty else { return nil }
    guard trimmed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw AnnealError(
        .usage, "\(source) holds characters that no key or token has, such as a space or line end",
        remedy: "Put the key alone into it.")
    }
    self.text = trimmed
  }

  /// The header's value.
  var bearer: String { "Bearer " + text }

  /// `message` with the secret taken out.
  func hidden(in message: String) -> String {
    text.count < 6
      ? message
      : message.split(separator: text, omittingEmptySubsequences: false)
        .joined(separator: "…")
  }

  /// Not the secret.
  var description: String { "…" }
  /// Not the secret.
  var customMirror: Mirror { Mirror(self, children: [:]) }
}

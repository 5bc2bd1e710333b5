internal import AnnealFiles

extension DocumentFile {
  /// The first object of a file of JSON or JSON lines, as far as the first bytes hold it.
  var firstObject: JSON? {
    let text = start.trimmed
    if text.hasPrefix("["), let element = Self.balanced(text.dropFirst().drop { $0.isWhitespace }) {
      return try? JSON(parsing: element)
    }
    guard text.hasPrefix("{"), let object = Self.balanced(text[...]) else { return nil }
    return try? JSON(parsing: object)
  }

  /// The object that `text` begins with, to the bracket that closes it.
  private static func balanced(_ text: Substring) -> Substring? {
    guard text.first == "{" else { return nil }
    var depth = 0
    var isString = false
    var isEscaped = false
    for (place, byte) in zip(text.utf8.indices, text.utf8) {
      if isEscaped {
        isEscaped = false
      } else if isString {
        if byte == UInt8(ascii: "\\") { isEscaped = true }
        if byte == UInt8(ascii: "\"") { isString = false }
      } else if byte == UInt8(ascii: "\"") {
        isString = true
      } else if byte == UInt8(ascii: "{") {
        depth += 1
      } else if byte == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 { return text[...place] }
      }
    }
    return nil
  }
}

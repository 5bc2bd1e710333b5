/// Characters that stand in markup by name or number: `&amp;`, `&#39;`.
enum Entities {
  private static let known = [
    "amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "quot": "\"", "apos": "'", "lrm": "", "rlm": "",
  ]

  /// `text` with every such name replaced.
  static func decoded(_ text: Substring) -> String {
    guard text.contains("&") else { return String(text) }
    var result = ""
    var rest = text
    while let character = rest.first {
      if character == "&", let (named, length) = first(of: rest) {
        result += named
        rest = rest.dropFirst(length)
      } else {
        result.append(character)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// What the name at the beginning of `text` stands for, and how long it is.
  static func first(of text: Substring) -> (String, Int)? {
    guard let end = text.prefix(10).firstIndex(of: ";") else { return nil }
    let name = text[..<end].dropFirst()
    if let character = known[String(name)] { return (character, name.count + 2) }
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap(Unicode.Scalar.init).map { (String($0), name.count + 2) }
  }
}

/// A text on a screen, and when.
struct Cue {
  var time: ClosedRange<Double>
  /// The lines, without their tags.
  var lines: [String]
  /// The speaker that a tag names.
  var speaker: String?
}

/// The tags of captions: `<v Name>`, `<i>`, `<00:01.000>`, `{\an8}`, and named characters.
enum CueText {
  /// WebVTT's tags, and those of HTML that stand in SubRip.
  private static let names: Set<String> = [
    "b", "br", "c", "del", "div", "em", "font", "i", "ins", "lang", "p", "rt", "ruby", "s", "span",
    "strike", "strong", "u", "v",
  ]
  /// The longest tag, characters.
  private static let longest = 256

  /// `line` without tags, and the speaker that one of them names.
  static func plain(_ line: some StringProtocol) -> (text: String, speaker: String?) {
    var text = ""
    var speaker: String?
    var rest = String(line)[...]
    // Behind the last one, none is looked for: a line of nothing but `{\` would take for ever.
    let lastBrace = rest.lastIndex(of: "}") ?? rest.startIndex
    while let character = rest.first {
      if character == "<", let tag = tag(at: rest) {
        if tag.hasPrefix("v "), speaker == nil { speaker = tag.dropFirst(2).trimmed }
        if tag.hasPrefix("v."), let space = tag.firstIndex(of: " ") {
          speaker = tag[space...].trimmed
        }
        if tag.lowercased().hasPrefix("br") { text += " " }
        rest = rest[tag.endIndex...].dropFirst()
      } else if character == "{", rest.startIndex < lastBrace, rest.hasPrefix("{\\"),
        let end = rest.firstIndex(of: "}")
      {
        rest = rest[rest.index(after: end)...]
      } else if character == "&", let (named, length) = Entities.first(of: rest) {
        text += named
        rest = rest.dropFirst(length)
      } else {
        text.append(character)
        rest = rest.dropFirst()
      }
    }
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return (words, speaker.flatMap { $0.isEmpty ? nil : $0 })
  }

  /// What stands between the marks of the tag that `text` begins with; nil when its `<` is a
  /// character like others, as in `a < b`.
  private static func tag(at text: Substring) -> Substring? {
    let inner = text.prefix(longest).dropFirst()
    guard let end = inner.firstIndex(where: { $0 == ">" || $0 == "<" }), inner[end] == ">" else {
      return nil
    }
    let tag = inner[..<end]
    if CueTime.seconds(tag) != nil { return tag }
    let named = tag.hasPrefix("/") ? tag.dropFirst() : tag
    let name = named.prefix { $0.isASCII && $0.isLetter }.lowercased()
    let rest = named.dropFirst(name.count)
    guard names.contains(name) else { return nil }
    if rest.isEmpty || rest.trimmed == "/" || rest.hasPrefix(".") || rest.contains("=") {
      return tag
    }
    // Words alone follow names of speakers and languages: `a<b and c>d` is no tag.
    return name == "v" || name == "lang" ? tag : nil
  }
}

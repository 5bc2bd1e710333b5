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
  /// `line` without tags, and the speaker that one of them names.
  static func plain(_ line: some StringProtocol) -> (text: String, speaker: String?) {
    var text = ""
    var speaker: String?
    var rest = String(line)[...]
    while let character = rest.first {
      if character == "<", let end = rest.firstIndex(of: ">") {
        let tag = rest[rest.index(after: rest.startIndex)..<end]
        if tag.hasPrefix("v "), speaker == nil { speaker = tag.dropFirst(2).trimmed }
        if tag.hasPrefix("v."), let space = tag.firstIndex(of: " ") {
          speaker = tag[space...].trimmed
        }
        rest = rest[rest.index(after: end)...]
      } else if rest.hasPrefix("{\\"), let end = rest.firstIndex(of: "}") {
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
}

/// A name before what is said, as in `Ann: Good morning.` and `[Dr. Lee]: Yes.`.
enum SpeakerLabel {
  /// The name and what follows it; nil when the text begins with no name.
  static func split(_ text: some StringProtocol) -> (name: String, rest: String)? {
    let text = text.trimmed
    if text.hasPrefix("["), let end = text.firstIndex(of: "]"), text[end...].hasPrefix("]:") {
      let name = text[text.index(after: text.startIndex)..<end].trimmed
      return isName(name) ? (name, text[end...].dropFirst(2).trimmed) : nil
    }
    guard let colon = text.prefix(60).firstIndex(of: ":") else { return nil }
    let after = text[text.index(after: colon)...]
    guard after.isEmpty || after.first?.isWhitespace == true else { return nil }
    var name = text[..<colon].trimmed
    // Names in Markdown are often bold.
    while name.hasPrefix("*"), name.hasSuffix("*"), name.count > 2 {
      name = String(name.dropFirst().dropLast())
    }
    return isName(name) ? (name, after.trimmed) : nil
  }

  /// The names that `lines` of captions begin with.
  ///
  /// What stands before a colon once may be any word; a name comes again, or is written as captions
  /// write names: in brackets, or in capitals that what is said does not have.
  static func names(in lines: [String]) -> Set<String> {
    var counts: [String: Int] = [:]
    for line in lines {
      guard let (name, rest) = split(line) else { continue }
      let isLoud = name == name.uppercased() && (rest.isEmpty || rest != rest.uppercased())
      counts[name, default: 0] += isLoud || line.hasPrefix("[") ? 2 : 1
    }
    return Set(counts.filter { $0.value > 1 }.keys)
  }

  /// Whether `text` could be a name: few words that each begin with a capital, a digit or a script
  /// without them.
  static func isName(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    guard (1...5).contains(words.count), text.count <= 40 else { return false }
    let particles: Set = [
      "de", "van", "von", "der", "den", "da", "di", "del", "la", "le", "bin", "al", "and",
    ]
    guard !labels.contains(text.lowercased()) else { return false }
    guard let first = words.first?.first, first.isLetter, !first.isLowercase else { return false }
    return words.allSatisfy { word in
      guard let first = word.first else { return false }
      return particles.contains(String(word)) || first.isNumber || first == "("
        || (first.isLetter && !first.isLowercase)
          && word.allSatisfy { $0.isLetter || $0.isNumber || ".'’-&()".contains($0) }
    }
  }

  /// Words that stand before a colon and are nobody's name.
  private static let labels: Set<String> = [
    "note", "notes", "example", "examples", "warning", "tip", "hint", "important", "caution",
    "usage",
    "default", "type", "returns", "see", "see also", "todo", "source", "sources", "date", "title",
    "author", "subject", "from", "to", "cc", "re", "input", "output", "answer", "step", "summary",
    "references", "slides", "video", "link", "links", "figure", "table", "http", "https",
    "remember", "reminder", "question", "problem", "result", "conclusion", "fact", "quote", "ps",
    "nb",
  ]
}

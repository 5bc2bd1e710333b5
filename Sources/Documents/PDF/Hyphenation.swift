/// Puts words together that were divided at the end of a line.
struct Hyphenation {
  private var compounds: Set<String> = []
  private var words: Set<String> = []

  /// Learns from the document itself which words are written with a hyphen.
  init(_ lines: some Sequence<PageLine>) {
    for line in lines {
      let parts = line.text.split { $0.isWhitespace }
      for part in parts.dropLast() {
        let word = part.lowercased().filter { $0.isLetter || $0 == "-" }
        if word.contains("-") { compounds.insert(word) } else { words.insert(word) }
      }
    }
  }

  private static let hyphens: Set<Character> = ["-", "\u{AD}", "\u{2010}"]
  private static let conjunctions: Set<Substring> = [
    "und", "oder", "bzw.", "and", "or", "to", "bis",
  ]

  /// What stands between the line `text` and the line `next`, and how many characters of the end of
  /// `text` are dropped.
  func joint(after text: String, before next: String) -> (drop: Int, joint: String) {
    guard let hyphen = text.last, Self.hyphens.contains(hyphen),
      text.dropLast().last?.isLetter == true, let first = next.first, first.isLetter
    else { return (0, " ") }
    if hyphen == "\u{AD}" { return (1, "") }
    let after = next.prefix { !$0.isWhitespace }
    if Self.conjunctions.contains(after) { return (0, " ") }
    if first.isUppercase { return (0, "") }
    let before = text.split { $0.isWhitespace }.last ?? ""
    let whole = (before + after).lowercased().filter { $0.isLetter || $0 == "-" }
    let plain = (before.dropLast() + after).lowercased().filter { $0.isLetter }
    return compounds.contains(whole) && !words.contains(plain) ? (0, "") : (1, "")
  }
}

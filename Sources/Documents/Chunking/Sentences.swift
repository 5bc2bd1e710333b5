/// Where sentences end.
///
/// A text is cut after `.`, `!`, `?`, `…` and their CJK forms when what follows looks like a
/// beginning. Where that is in doubt (abbreviations, initials, ordinals) it is not cut: two sentences
/// taken for one do less harm than half a sentence.
enum Sentences {
  /// The sentences of `text` with the spaces behind them, in bytes of it.
  static func ranges(in text: String) -> [Range<Int>] {
    let bytes = Array(text.utf8)
    var ranges: [Range<Int>] = []
    var start = 0
    var place = 0
    while place < bytes.count {
      guard let length = terminator(at: place, of: bytes) else {
        place += 1
        continue
      }
      var end = place + length.count
      while let more = terminator(at: end, of: bytes)?.count ?? closer(at: end, of: bytes) {
        end += more
      }
      let rest = end
      while end < bytes.count, isSpace(bytes[end]) { end += 1 }
      let follows = end > rest || length.isWide
      if follows, end < bytes.count, beginsSentence(at: end, of: bytes),
        length.isWide || bytes[place] != UInt8(ascii: ".")
          || endsSentence(bytes[start..<place], before: bytes[end])
      {
        ranges.append(start..<end)
        start = end
      }
      place = max(end, place + 1)
    }
    if start < bytes.count { ranges.append(start..<bytes.count) }
    return ranges
  }

  /// How long the mark at `place` is that ends a sentence, and whether no space need follow.
  private static func terminator(
    at place: Int, of bytes: [UInt8]
  ) -> (count: Int, isWide: Bool)? {
    guard place < bytes.count else { return nil }
    switch bytes[place] {
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): return (1, false)
    case 0xE2 where bytes[place...].starts(with: [0xE2, 0x80, 0xA6]): return (3, false)
    case 0xE3 where bytes[place...].starts(with: [0xE3, 0x80, 0x82]): return (3, true)
    case 0xEF
    where bytes[place...].starts(with: [0xEF, 0xBC, 0x81])
      || bytes[place...].starts(with: [0xEF, 0xBC, 0x9F]):
      return (3, true)
    default: return nil
    }
  }

  private static let closers = [
    "\"", "'", ")", "]", "”", "’", "»", "«", "“", "」", "』", "）", "*", "_",
  ]
  .map { Array($0.utf8) }
  private static let openers = [
    "\"", "'", "(", "[", "“", "‘", "„", "»", "«", "¿", "¡", "-", "–", "—",
  ]
  .map { Array($0.utf8) }

  /// How long a closing quote or bracket at `place` is.
  private static func closer(at place: Int, of bytes: [UInt8]) -> Int? {
    guard place < bytes.count else { return nil }
    return closers.first { bytes[place...].starts(with: $0) }?.count
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// Whether what stands at `place` may begin a sentence: no small letter.
  private static func beginsSentence(at place: Int, of bytes: [UInt8]) -> Bool {
    var place = place
    while let opener = openers.first(where: { bytes[place...].starts(with: $0) }) {
      place += opener.count
      if place >= bytes.count { return true }
    }
    guard bytes[place] >= 0x80 else { return !(0x61...0x7A).contains(bytes[place]) }
    let scalar = String(decoding: bytes[place...].prefix(4), as: UTF8.self).unicodeScalars.first
    return !(scalar?.properties.isLowercase ?? false)
  }

  /// Whether a point after `text` ends a sentence when `next` follows it.
  private static func endsSentence(_ text: ArraySlice<UInt8>, before next: UInt8) -> Bool {
    let word = String(
      decoding: text.suffix(while: { !isSpace($0) && $0 != UInt8(ascii: "(") }), as: UTF8.self)
    if abbreviations.contains(word.lowercased()) { return false }
    // Initials, `e.g`, and German ordinals such as `3. Mai`.
    if word.count == 1, word != "I" { return false }
    if word.contains("."), word.split(separator: ".").allSatisfy({ $0.count == 1 }) { return false }
    return !(word.count < 3 && word.allSatisfy(\.isNumber))
  }

  private static let abbreviations: Set<String> = [
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "cf", "fig", "figs", "eq", "eqs",
    "sec",
    "no", "nos", "vol", "pp", "ed", "eds", "al", "approx", "dept", "inc", "ltd", "co", "corp",
    "gen",
    "col", "sgt", "capt", "lt", "rev", "hon", "etc", "resp", "bzw", "vgl", "ca", "usw", "nr", "abb",
    "bsp", "evtl", "ggf", "inkl", "sog", "ff", "hrsg", "tab", "kap", "def", "thm", "jan", "feb",
    "mar",
    "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez",
  ]
}

extension ArraySlice {
  /// The longest end of which every element fits.
  func suffix(while fits: (Element) -> Bool) -> ArraySlice {
    guard let last = lastIndex(where: { !fits($0) }) else { return self }
    return self[(last + 1)...]
  }
}

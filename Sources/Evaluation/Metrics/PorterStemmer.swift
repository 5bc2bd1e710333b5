/// Stems of English words (Porter 1980), with the departures that NLTK makes and rouge-score uses.
enum PorterStemmer {
  /// The stem of `word`, which is of ASCII letters and digits in lower case.
  static func stem(_ word: String) -> String {
    if let irregular = irregular[word] { return irregular }
    var stemming = Stemming(letters: Array(word.utf8))
    guard stemming.letters.count > 2 else { return word }
    stemming.run()
    return String(decoding: stemming.letters, as: UTF8.self)
  }

  private static let irregular = [
    "sky": "sky", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
    "innings": "inning", "inning": "inning", "outings": "outing", "outing": "outing",
    "cannings": "canning", "canning": "canning", "howe": "howe", "proceed": "proceed",
    "exceed": "exceed", "succeed": "succeed",
  ]
}

/// A word on its way to its stem.
private struct Stemming {
  var letters: [UInt8]

  mutating func run() {
    plural()
    pastAndGerund()
    replace("y", "i") { $0.count > 1 && Stemming.isConsonant($0, $0.count - 1) }
    doubleSuffix()
    rules(third) { Stemming.measure($0) > 0 }
    fourth()
    finalE()
    let shorter = Array(letters.dropLast())
    replace("ll", "l") { _ in Stemming.measure(shorter) > 1 }
  }

  // MARK: Steps, in the paper's order

  private mutating func plural() {
    if ends("ies"), letters.count == 4 {
      letters.removeLast()
      return
    }
    rules([("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")]) { _ in true }
  }

  private mutating func pastAndGerund() {
    if ends("ied") {
      letters.removeLast(letters.count == 4 ? 1 : 2)
      return
    }
    if ends("eed") {
      if Self.measure(letters.dropLast(3)) > 0 { letters.removeLast() }
      return
    }
    let suffix = ["ed", "ing"].first { suffix in
      ends(suffix) && Self.hasVowel(letters.dropLast(suffix.utf8.count))
    }
    guard let suffix else { return }
    letters.removeLast(suffix.utf8.count)
    if ends("at") || ends("bl") || ends("iz") {
      letters.append(UInt8(ascii: "e"))
    } else if let last = letters.last, letters.dropLast().last == last,
      Self.isConsonant(letters[...], letters.count - 1)
    {
      if !"lsz".utf8.contains(last) { letters.removeLast() }
    } else if Self.measure(letters[...]) == 1, Self.endsConsonantVowelConsonant(letters[...]) {
      letters.append(UInt8(ascii: "e"))
    }
  }

  private mutating func doubleSuffix() {
    if ends("alli"), Self.measure(letters.dropLast(4)) > 0 {
      letters.removeLast(2)
      return doubleSuffix()
    }
    let known = second.first { ends($0.suffix) }
    if known == nil, ends("logi") {
      if Self.measure(letters.dropLast(3)) > 0 { letters.removeLast() }
      return
    }
    rules(second) { Self.measure($0) > 0 }
  }

  private mutating func fourth() {
    let suffixes = [
      "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou",
      "ism", "ate", "iti", "ous", "ive", "ize",
    ]
    guard let suffix = suffixes.first(where: { ends($0) }) else { return }
    let stem = letters.dropLast(suffix.utf8.count)
    guard Self.measure(stem) > 1 else { return }
    if suffix == "ion", let last = stem.last, !"st".utf8.contains(last) { return }
    letters = Array(stem)
  }

  private mutating func finalE() {
    replace("e", "") { stem in
      let measure = Self.measure(stem)
      return measure > 1 || measure == 1 && !Self.endsConsonantVowelConsonant(stem)
    }
  }

  private let second: [(suffix: String, replacement: String)] = [
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
    ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
    ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
    ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ("fulli", "ful"),
  ]

  private let third: [(suffix: String, replacement: String)] = [
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""),
    ("ness", ""),
  ]

  // MARK: Parts

  /// Applies the first rule whose suffix fits, when what is before it passes `condition`.
  private mutating func rules(
    _ rules: [(suffix: String, replacement: String)], if condition: (ArraySlice<UInt8>) -> Bool
  ) {
    guard let rule = rules.first(where: { ends($0.suffix) }) else { return }
    replace(rule.suffix, rule.replacement, if: condition)
  }

  private mutating func replace(
    _ suffix: String, _ replacement: String, if condition: (ArraySlice<UInt8>) -> Bool
  ) {
    guard ends(suffix), condition(letters.dropLast(suffix.utf8.count)) else { return }
    letters.removeLast(suffix.utf8.count)
    letters += replacement.utf8
  }

  private func ends(_ suffix: String) -> Bool {
    letters.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  static func isConsonant(_ word: ArraySlice<UInt8>, _ place: Int) -> Bool {
    let letter = word[word.startIndex + place]
    if "aeiou".utf8.contains(letter) { return false }
    guard letter == UInt8(ascii: "y") else { return true }
    return place == 0 || !isConsonant(word, place - 1)
  }

  private static func hasVowel(_ word: ArraySlice<UInt8>) -> Bool {
    (0..<word.count).contains { !isConsonant(word, $0) }
  }

  /// How often a consonant follows a vowel.
  static func measure(_ word: some Collection<UInt8>) -> Int {
    let word = Array(word)[...]
    let kinds = (0..<word.count).map { isConsonant(word, $0) }
    return zip(kinds, kinds.dropFirst()).count { !$0 && $1 }
  }

  private static func endsConsonantVowelConsonant(_ word: ArraySlice<UInt8>) -> Bool {
    let count = word.count
    guard count >= 2, isConsonant(word, count - 1), !isConsonant(word, count - 2) else {
      return false
    }
    guard count > 2 else { return true }
    return isConsonant(word, count - 3) && !"wxy".utf8.contains(word[word.endIndex - 1])
  }
}

/// The pattern of cl100k, Llama-3 and Qwen2, which differ in how many digits stay together:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*`
/// `|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct CL100KScanner: WordScanner {
  let maximumDigits: Int
  private let letter: CharacterClass
  private let word: CharacterClass
  private let classes = CharacterClasses.shared

  /// - Parameter joinsMarks: whether marks are letters, as in Qwen3.5's pattern.
  init(maximumDigits: Int, joinsMarks: Bool = false) {
    self.maximumDigits = maximumDigits
    letter = joinsMarks ? [.letter, .mark] : .letter
    word = letter.union([.space, .number])
  }

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = scalar(text, at: start)
    let kind = classes[first.value]
    if first.value == 0x27 {
      let length = contraction(text, start, end)
      if length > 0 { return start + length }
    }
    if !kind.isDisjoint(with: letter) {
      return run(text, from: start, to: end, of: letter, classes)
    }
    if kind.contains(.number) {
      return run(text, from: start, to: end, of: .number, classes, limit: maximumDigits)
    }
    let second = start + first.length
    let isNewline = first.value == 0x0A || first.value == 0x0D
    let nextKind = second < end ? classes[scalar(text, at: second).value] : .space
    if !isNewline, !nextKind.isDisjoint(with: letter) {
      return run(text, from: second, to: end, of: letter, classes)
    }
    let isMark = kind.isDisjoint(with: .space)
    if isMark || first.value == 0x20 && nextKind.isDisjoint(with: word) {
      let signs = run(
        text, from: isMark ? start : second, to: end, of: word,
        isInverted: true, classes)
      return newlines(text, from: signs, to: end)
    }
    return blank(text, from: start, to: end, classes)
  }
}

/// The length of a contraction in any case; the long s (U+017F) is an s in another case.
func contraction(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
  guard start + 1 < end else { return 0 }
  if start + 2 < end, text[start + 1] == 0xC5, text[start + 2] == 0xBF { return 3 }
  let second = start + 2 < end ? text[start + 2] | 0x20 : 0
  switch (text[start + 1] | 0x20, second) {
  case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
    (UInt8(ascii: "d"), _):
    // The bit that makes lower case also moves some signs; letters are what is meant.
    return text[start + 1] >= 0x41 ? 2 : 0
  case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
    (UInt8(ascii: "l"), UInt8(ascii: "l")):
    return text[start + 1] >= 0x41 && text[start + 2] >= 0x41 ? 3 : 0
  default: return 0
  }
}

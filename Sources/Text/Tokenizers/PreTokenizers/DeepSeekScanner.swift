/// The pattern of DeepSeek-V3:
/// ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+``
/// `| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct DeepSeekScanner: WordScanner {
  private let classes = CharacterClasses.shared

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = scalar(text, at: start)
    let kind = classes[first.value]
    let second = start + first.length
    let isSign = !kind.isDisjoint(with: [.punctuation, .symbol])
    if isSign, first.value < 0x80 {
      let letters = asciiLetters(text, from: second, to: end)
      if letters > second { return letters }
    }
    let word: CharacterClass = [.letter, .mark]
    if !kind.isDisjoint(with: word) { return run(text, from: start, to: end, of: word, classes) }
    let nextKind = second < end ? classes[scalar(text, at: second).value] : []
    let isNewline = first.value == 0x0A || first.value == 0x0D
    if !isSign, !isNewline, !nextKind.isDisjoint(with: word) {
      return run(text, from: second, to: end, of: word, classes)
    }
    let signs: CharacterClass = [.punctuation, .symbol]
    if isSign || first.value == 0x20 && !nextKind.isDisjoint(with: signs) {
      let last = run(text, from: isSign ? start : second, to: end, of: signs, classes)
      return newlines(text, from: last, to: end)
    }
    return kind.contains(.space) ? blank(text, from: start, to: end, classes) : start
  }

  private func asciiLetters(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    var index = start
    while index < end, (0x61...0x7A).contains(text[index] | 0x20) { index += 1 }
    return index
  }
}

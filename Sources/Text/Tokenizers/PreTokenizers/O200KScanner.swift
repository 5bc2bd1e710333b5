/// The pattern of o200k (GPT-4o, Llama-4), which cuts words where capitals begin; Mistral's Tekken has
/// it without contractions and with single digits:
/// `[^\r\n\p{L}\p{N}]?U*L+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?U+L*(?i:'s|…)?`
/// `|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`, with `CharacterClass.upper` for
/// `U` and `.lower` for `L`.
struct O200KScanner: WordScanner {
  let maximumDigits: Int
  let joinsContractions: Bool
  private let classes = CharacterClasses.shared

  init(maximumDigits: Int, joinsContractions: Bool) {
    self.maximumDigits = maximumDigits
    self.joinsContractions = joinsContractions
  }

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = scalar(text, at: start)
    let kind = classes[first.value]
    let second = start + first.length
    let isNewline = first.value == 0x0A || first.value == 0x0D
    let isLead = !isNewline && kind.isDisjoint(with: [.letter, .number])
    if let word = word(text, start, isLead ? second : start, end) {
      guard joinsContractions, word < end, text[word] == 0x27 else { return word }
      return word + contraction(text, word, end)
    }
    if kind.contains(.number) {
      return run(text, from: start, to: end, of: .number, classes, limit: maximumDigits)
    }
    let isSign = kind.isDisjoint(with: .space)
    let wordOrSpace: CharacterClass = [.space, .letter, .number]
    let nextKind = second < end ? classes[scalar(text, at: second).value] : .space
    if isSign || first.value == 0x20 && nextKind.isDisjoint(with: wordOrSpace) {
      let signs = run(
        text, from: isSign ? start : second, to: end, of: wordOrSpace, isInverted: true, classes)
      return newlines(text, from: signs, to: end, andSlashes: true)
    }
    return blank(text, from: start, to: end, classes)
  }

  /// The end of the word that begins at `start`, or behind a character that leads it at `inner`.
  private func word(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ inner: Int, _ end: Int
  ) -> Int? {
    if let word = lowered(text, inner, end) { return word }
    if inner > start, let word = lowered(text, start, end) { return word }
    for place in inner > start ? [inner, start] : [start] {
      let capitals = run(text, from: place, to: end, of: .upper, classes)
      if capitals > place { return run(text, from: capitals, to: end, of: .lower, classes) }
    }
    return nil
  }

  /// `U*L+`: what is of both classes belongs to the second part where that would be empty otherwise.
  private func lowered(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var index = start
    var lastOfBoth = start
    while index < end {
      let next = scalar(text, at: index)
      let kind = classes[next.value]
      guard kind.contains(.upper) else { break }
      index += next.length
      if kind.contains(.lower) { lastOfBoth = index }
    }
    let small = run(text, from: index, to: end, of: .lower, classes)
    if small > index { return small }
    return lastOfBoth > start ? lastOfBoth : nil
  }
}

/// A regular expression written by hand.
protocol WordScanner: Sendable {
  /// Where the match that begins at `start` ends; `start` itself when there is none.
  ///
  /// - Parameter end: the end of the piece, at most the count of `text`; `start` lies before it.
  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int
}

extension WordScanner {
  /// The end of the run, from `start`, of scalars in one of `wanted` (or in none of them).
  @inline(__always)
  func run(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, of wanted: CharacterClass,
    isInverted: Bool = false, _ classes: CharacterClasses, limit: Int = .max
  ) -> Int {
    var index = start
    var count = 0
    while index < end, count < limit {
      let next = scalar(text, at: index)
      if classes[next.value].isDisjoint(with: wanted) != isInverted { break }
      index += next.length
      count += 1
    }
    return index
  }

  /// `\s+(?!\S)|\s+`: a run of space, without its last scalar when something follows.
  @inline(__always)
  func space(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, runEnd: Int
  ) -> Int {
    if runEnd == end { return end }
    let last = scalarStart(text, before: runEnd, from: start)
    return last > start ? last : runEnd
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`, where a scalar of space begins.
  @inline(__always)
  func blank(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, _ classes: CharacterClasses
  ) -> Int {
    let runEnd = run(text, from: start, to: end, of: .space, classes)
    if let newline = text[start..<runEnd].lastIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
      return newline + 1
    }
    return space(text, from: start, to: end, runEnd: runEnd)
  }
}

/// The end of a run of carriage returns and line feeds (and of slashes, where asked for).
@inline(__always)
func newlines(
  _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, andSlashes: Bool = false
) -> Int {
  var index = start
  while index < end, text[index] == 0x0A || text[index] == 0x0D || andSlashes && text[index] == 0x2F
  {
    index += 1
  }
  return index
}

/// GPT-2's pattern:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
struct GPT2Scanner: WordScanner {
  private let classes = CharacterClasses.shared

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'") {
      let length = contraction(text, start, end)
      if length > 0 { return start + length }
    }
    let word = first == 0x20 && start + 1 < end ? start + 1 : start
    let kind = classes[scalar(text, at: word).value]
    if kind.contains(.letter) { return run(text, from: word, to: end, of: .letter, classes) }
    if kind.contains(.number) { return run(text, from: word, to: end, of: .number, classes) }
    if !kind.contains(.space) {
      return run(
        text, from: word, to: end, of: [.space, .letter, .number], isInverted: true, classes)
    }
    let runEnd = run(text, from: start, to: end, of: .space, classes)
    return space(text, from: start, to: end, runEnd: runEnd)
  }

  private func contraction(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    guard start + 1 < end else { return 0 }
    let second = start + 2 < end ? text[start + 2] : 0
    switch (text[start + 1], second) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return 2
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return 3
    default: return 0
    }
  }
}

/// A run of scalars of some classes, such as `\s+`, `\d` or `\p{N}{1,3}`.
struct ClassRunScanner: WordScanner {
  let wanted: CharacterClass
  var isInverted = false
  var limit = Int.max
  private let classes = CharacterClasses.shared

  init(_ wanted: CharacterClass, isInverted: Bool = false, limit: Int = .max) {
    self.wanted = wanted
    self.isInverted = isInverted
    self.limit = limit
  }

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    run(text, from: start, to: end, of: wanted, isInverted: isInverted, classes, limit: limit)
  }
}

/// `\w+|[^\w\s]+`.
struct WordOrSignsScanner: WordScanner {
  /// Whether joiners are no part of words, and `²`, `³`, `¹` and fractions are outside of sets, as
  /// Oniguruma has it; else as Rust's expressions do.
  var isOniguruma = false
  private let classes = CharacterClasses.shared

  init(isOniguruma: Bool = false) { self.isOniguruma = isOniguruma }

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    let word = run(text, from: start, to: end) { isWord($0) || isOniguruma && isFraction($0) }
    if word > start { return word }
    return run(text, from: start, to: end) { !isWord($0) && !classes[$0].contains(.space) }
  }

  @inline(__always)
  private func run(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, _ isWanted: (UInt32) -> Bool
  ) -> Int {
    var index = start
    while index < end {
      let next = scalar(text, at: index)
      guard isWanted(next.value) else { break }
      index += next.length
    }
    return index
  }

  @inline(__always)
  private func isWord(_ value: UInt32) -> Bool {
    classes[value].contains(.word) && !(isOniguruma && value >> 1 == 0x200C >> 1)
  }

  private func isFraction(_ value: UInt32) -> Bool {
    value == 0xB2 || value == 0xB3 || value == 0xB9 || 0xBC...0xBE ~= value
  }
}

/// One scalar that is punctuation: of `\p{P}`, or an ASCII sign.
struct PunctuationScanner: WordScanner {
  private let classes = CharacterClasses.shared

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = scalar(text, at: start)
    let kind = classes[first.value]
    let isSign = first.value < 0x80 && !kind.isDisjoint(with: [.punctuation, .symbol])
    return kind.contains(.punctuation) || isSign ? start + first.length : start
  }
}

/// A text that is matched as it stands.
struct LiteralScanner: WordScanner {
  let literal: [UInt8]

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    guard end - start >= literal.count else { return start }
    for offset in literal.indices where text[start + offset] != literal[offset] { return start }
    return start + literal.count
  }
}

/// One byte, again and again, at least so many times: ` {2,}`.
struct RepeatedByteScanner: WordScanner {
  let byte: UInt8
  let minimum: Int

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    var index = start
    while index < end, text[index] == byte { index += 1 }
    return index - start >= minimum ? index : start
  }
}

/// A set of characters, alone or in a run, with an optional space before it: `[\r\n]`, `\p{P}`,
/// `[一-龥]+`, `\s?\p{L}+`, ` ?[A-Za-zÀ-Ö]+`; many files chain such patterns, DeepSeek's among them.
struct SetRunScanner: WordScanner {
  private enum Lead {
    case none, space, anySpace
  }

  private let lead: Lead
  private let set: ScalarSet
  private let isRun: Bool
  private let classes = CharacterClasses.shared

  /// The scanner for a regular expression of that shape; nil for others.
  init?(_ regex: String) {
    var rest = regex.unicodeScalars[...]
    if rest.starts(with: #"\s?"#.unicodeScalars) {
      lead = .anySpace
      rest = rest.dropFirst(3)
    } else if rest.starts(with: " ?".unicodeScalars) {
      lead = .space
      rest = rest.dropFirst(2)
    } else {
      lead = .none
    }
    isRun = rest.last == "+"
    if isRun { rest = rest.dropLast() }
    guard let set = ScalarSet(rest) else { return nil }
    self.set = set
  }

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = scalar(text, at: start)
    let isLead =
      lead == .space
      ? first.value == 0x20 : lead == .anySpace && classes[first.value].contains(.space)
    if isLead {
      let found = run(text, from: start + first.length, to: end)
      if found > start + first.length { return found }
    }
    return run(text, from: start, to: end)
  }

  private func run(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    var index = start
    while index < end {
      let next = scalar(text, at: index)
      guard set.contains(next.value, classes) else { break }
      index += next.length
      if !isRun { break }
    }
    return index
  }
}

/// `\s+$`: white space up to the end, or up to the last line feed in it.
struct TrailingSpaceScanner: WordScanner {
  private let classes = CharacterClasses.shared

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    // In the middle of a run there is no match: it would have begun where the run did.
    if start > 0,
      classes[scalar(text, at: scalarStart(text, before: start, from: 0)).value].contains(.space)
    {
      return start
    }
    let runEnd = run(text, from: start, to: end, of: .space, classes)
    if runEnd == end || runEnd == start { return runEnd }
    return text[start..<runEnd].lastIndex(of: 0x0A) ?? start
  }
}

internal import AnnealFiles

/// What a text is cut at.
struct SplitPattern: Sendable {
  /// A match, or what lies between two.
  struct Part {
    var range: Range<Int>
    var isMatch: Bool
  }

  /// The scanner written for the pattern; nil when it is a regular expression without one.
  let scanner: (any WordScanner)?
  private let expression: RegularExpression?

  init(_ scanner: any WordScanner) {
    self.scanner = scanner
    expression = nil
  }

  /// The member `pattern` of a part: `{"String": …}` or `{"Regex": …}`.
  init(_ part: TokenizerPart) throws {
    let pattern = part.json["pattern"]
    if let literal = pattern?["String"]?.string ?? pattern?.string {
      self.init(LiteralScanner(literal: Array(literal.utf8)))
    } else if let regex = pattern?["Regex"]?.string {
      try self.init(regex, part)
    } else {
      throw part.error("'pattern' should be a String or a Regex")
    }
  }

  private init(_ regex: String, _ part: TokenizerPart) throws {
    scanner = Self.scanner(for: regex)
    expression = scanner == nil ? RegularExpression(regex) : nil
    if scanner == nil, expression == nil {
      throw part.error(
        "the regular expression \(regex) has a fault, or something that is not supported")
    }
  }

  /// The regular expressions that are known, as scanners.
  private static let known: [String: @Sendable () -> any WordScanner] = [
    gpt2: { GPT2Scanner() },
    deepSeek: { DeepSeekScanner() },
    #"\s+$"#: { TrailingSpaceScanner() },
    #"\p{N}"#: { ClassRunScanner(.number, limit: 1) },
    #"\p{N}{1,3}"#: { ClassRunScanner(.number, limit: 3) },
    #"\p{N}+"#: { ClassRunScanner(.number) },
    #"\d"#: { ClassRunScanner(.decimal, limit: 1) },
    #"\d+"#: { ClassRunScanner(.decimal) },
    #"\s"#: { ClassRunScanner(.space, limit: 1) },
    #"\s+"#: { ClassRunScanner(.space) },
    #"\w+|[^\w\s]+"#: { WordOrSignsScanner(isOniguruma: true) },
    #"\A +"#: { EdgeSpaceScanner(isAtStart: true) },
    #" +\z"#: { EdgeSpaceScanner(isAtStart: false) },
    " +": { RepeatedByteScanner(byte: 0x20, minimum: 1) },
    " {2,}": { RepeatedByteScanner(byte: 0x20, minimum: 2) },
    "\n": { LiteralScanner(literal: [0x0A]) },
    " ": { LiteralScanner(literal: [0x20]) },
  ]

  static let gpt2 =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// The pattern that Llama-3 (3 digits) and Qwen2 (1 digit) write in their files.
  static func cl100k(maximumDigits: Int) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits(maximumDigits)
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// Qwen3.5's, in which marks belong to words.
  private static func markedWords(maximumDigits: Int) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|"# + digits(maximumDigits)
      + #"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The pattern of GPT-4o and Llama-4 with contractions, of Mistral's Tekken without.
  private static func o200k(maximumDigits: Int, contractions: String) -> String {
    let (upper, lower) = (#"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#, #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#)
    let lead = #"[^\r\n\p{L}\p{N}]?"#
    return "\(lead)\(upper)*\(lower)+\(contractions)|\(lead)\(upper)+\(lower)*\(contractions)|"
      + digits(maximumDigits) + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  static let deepSeek =
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
    + #"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static func digits(_ maximum: Int) -> String {
    maximum == 1 ? #"\p{N}"# : #"\p{N}{1,\#(maximum)}"#
  }

  private static func scanner(for regex: String) -> (any WordScanner)? {
    if let make = known[regex] { return make() }
    // These are written in several ways that mean the same: the contractions grouped otherwise,
    // possessive repetitions, one newline instead of many after greedy space.
    let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    let plain = replacing(
      regex,
      [
        ("'(?i:[sdmt]|ll|ve|re)", contractions), ("?+", "?"), ("++", "+"),
        (#"|\s*[\r\n]|"#, #"|\s*[\r\n]+|"#), (#"\s++$|"#, ""),
      ])
    for digits in [1, 2, 3] {
      if plain == cl100k(maximumDigits: digits) { return CL100KScanner(maximumDigits: digits) }
      if plain == markedWords(maximumDigits: digits) {
        return CL100KScanner(maximumDigits: digits, joinsMarks: true)
      }
      for tail in ["", contractions + "?"]
      where plain == o200k(maximumDigits: digits, contractions: tail) {
        return O200KScanner(maximumDigits: digits, joinsContractions: !tail.isEmpty)
      }
    }
    return SetRunScanner(regex)
  }

  private static func replacing(_ text: String, _ changes: [(String, String)]) -> String {
    changes.reduce(text) { text, change in
      text.split(separator: change.0, omittingEmptySubsequences: false)
        .joined(separator: change.1)
    }
  }

  /// The parts that cover `range` of `text`, in order.
  ///
  /// An empty match is a part too, at which a text is cut.
  func parts(of text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Part] {
    var parts: [Part] = []
    guard let scanner else {
      var done = range.lowerBound
      for match in expression?.matches(text, in: range) ?? [] {
        if done < match.lowerBound {
          parts.append(Part(range: done..<match.lowerBound, isMatch: false))
        }
        parts.append(Part(range: match, isMatch: true))
        done = match.upperBound
      }
      if done < range.upperBound {
        parts.append(Part(range: done..<range.upperBound, isMatch: false))
      }
      return parts
    }
    // A scanner sees nothing outside, as an expression does.
    let piece = UnsafeBufferPointer(rebasing: text[range])
    var unmatched = 0
    Self.forEachMatch(of: scanner, in: piece) { match in
      if unmatched < match.lowerBound {
        parts.append(Part(range: range.part(unmatched..<match.lowerBound), isMatch: false))
      }
      parts.append(Part(range: range.part(match), isMatch: true))
      unmatched = match.upperBound
    }
    if unmatched < piece.count {
      parts.append(Part(range: range.part(unmatched..<piece.count), isMatch: false))
    }
    return parts
  }

  /// Gives each match in `piece`, in order.
  @inline(__always)
  static func forEachMatch(
    of scanner: any WordScanner, in piece: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void
  ) {
    var index = 0
    while index < piece.count {
      let end = scanner.match(piece, from: index, to: piece.count)
      if end <= index {
        index += utf8Length(lead: piece[index])
      } else {
        body(index..<end)
        index = end
      }
    }
  }
}

extension Range<Int> {
  /// What lies at `places` counted from the lower bound.
  @inline(__always)
  func part(_ places: Range<Int>) -> Range<Int> {
    lowerBound + places.lowerBound..<lowerBound + places.upperBound
  }
}

/// What becomes of the matches when a text is cut.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  init(_ part: TokenizerPart, default value: SplitBehavior? = nil) throws {
    if part.json["behavior"] == nil, let value {
      self = value
      return
    }
    let name = try part.string("behavior")
    guard let behavior = SplitBehavior(rawValue: name) else {
      throw part.error("a split behavior '\(name)' is not known")
    }
    self = behavior
  }

  /// Appends the pieces that `parts` make to `pieces`.
  func append(_ parts: [SplitPattern.Part], to pieces: inout [Range<Int>]) {
    switch self {
    case .isolated: for part in parts { pieces.append(part.range) }
    case .removed: for part in parts where !part.isMatch { pieces.append(part.range) }
    case .contiguous: join(parts, &pieces) { $0.isMatch == $1 }
    case .mergedWithPrevious: join(parts, &pieces) { $0.isMatch && !$1 }
    case .mergedWithNext:
      var backwards: [Range<Int>] = []
      join(parts.reversed(), &backwards) { $0.isMatch && !$1 }
      pieces.append(contentsOf: backwards.reversed())
    }
  }

  /// Joins each part to the one before it when `joins` says so, given whether that was a match.
  private func join(
    _ parts: [SplitPattern.Part], _ pieces: inout [Range<Int>],
    _ joins: (SplitPattern.Part, Bool) -> Bool
  ) {
    var isAfterMatch = false
    let first = pieces.count
    for part in parts {
      if joins(part, isAfterMatch), pieces.count > first, let last = pieces.popLast() {
        pieces.append(
          min(
            last.lowerBound, part.range.lowerBound)..<max(
              last.upperBound, part.range.upperBound))
      } else {
        pieces.append(part.range)
      }
      isAfterMatch = part.isMatch
    }
  }
}

internal import AnnealFiles

/// A text that is being cut into pieces.
struct PieceText: Sendable {
  var text: NormalizedText
  /// The pieces, in order, none of them empty.
  var pieces: [Range<Int>]

  init(_ text: NormalizedText) {
    self.text = text
    pieces = text.bytes.isEmpty ? [] : [0..<text.bytes.count]
  }

  /// Cuts every piece by `pattern`.
  mutating func split(_ pattern: SplitPattern, _ behavior: SplitBehavior, isInverted: Bool = false)
  {
    var result: [Range<Int>] = []
    result.reserveCapacity(text.bytes.count / 4 + 1)
    text.bytes.withUnsafeBufferPointer { bytes in
      for piece in pieces {
        if behavior == .isolated, let scanner = pattern.scanner {
          Self.isolate(scanner, bytes, piece, &result)
          continue
        }
        var parts = pattern.parts(of: bytes, in: piece)
        if isInverted { for index in parts.indices { parts[index].isMatch.toggle() } }
        behavior.append(parts, to: &result)
      }
    }
    if pattern.scanner == nil { result.removeAll(where: \.isEmpty) }
    pieces = result
  }

  /// The usual way to cut: all parts stay, so that nobody needs to know which were matches.
  private static func isolate(
    _ scanner: any WordScanner, _ bytes: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>,
    _ result: inout [Range<Int>]
  ) {
    var unmatched = 0
    SplitPattern.forEachMatch(of: scanner, in: UnsafeBufferPointer(rebasing: bytes[piece])) {
      if unmatched < $0.lowerBound { result.append(piece.part(unmatched..<$0.lowerBound)) }
      result.append(piece.part($0))
      unmatched = $0.upperBound
    }
    if unmatched < piece.count { result.append(piece.part(unmatched..<piece.count)) }
  }

  /// Puts `prefix` before each piece for which `isWanted` says so.
  mutating func prepend(_ prefix: [UInt8], where isWanted: (Range<Int>, NormalizedText) -> Bool) {
    guard pieces.contains(where: { isWanted($0, text) }) else { return }
    var builder = NormalizedText.Builder(text)
    var moved: [Range<Int>] = []
    for piece in pieces {
      let start = builder.count
      if isWanted(piece, text) { builder.add(prefix, from: piece.lowerBound) }
      builder.keep(piece)
      moved.append(start..<builder.count)
    }
    text = builder.result
    pieces = moved
  }

  /// Puts `replacement` in place of `character` in every piece.
  mutating func replace(_ character: UInt8, with replacement: [UInt8]) {
    var builder = NormalizedText.Builder(text)
    var moved: [Range<Int>] = []
    for piece in pieces {
      let start = builder.count
      for index in piece {
        if text.bytes[index] == character {
          builder.add(replacement, from: index)
        } else {
          builder.keep(index..<index + 1)
        }
      }
      moved.append(start..<builder.count)
    }
    text = builder.result
    pieces = moved
  }
}

extension PieceText {
  /// Spells every byte of the pieces with `ByteLevelAlphabet`.
  mutating func spellBytes() {
    var builder = NormalizedText.Builder(text)
    var moved: [Range<Int>] = []
    for piece in pieces {
      let start = builder.count
      for index in piece {
        builder.add(ByteLevelAlphabet.spelling(of: text.bytes[index]), from: index)
      }
      moved.append(start..<builder.count)
    }
    text = builder.result
    pieces = moved
  }
}

/// Cuts a text into pieces that no token crosses.
protocol PreTokenizer: Sendable {
  func split(_ text: inout PieceText)

  /// The same without its last step, when that spells bytes with `ByteLevelAlphabet`; else nil.
  var withoutSpelling: (any PreTokenizer)? { get }
}

extension PreTokenizer {
  var withoutSpelling: (any PreTokenizer)? { nil }
}

/// The kinds of pre-tokenizer that are known, one line each.
enum PreTokenizers {
  static let all: [String: @Sendable (TokenizerPart) throws -> any PreTokenizer] = [
    "Sequence": { PreTokenizerSequence(parts: try $0.parts("pretokenizers").map(read)) },
    "ByteLevel": {
      ByteLevelPreTokenizer(
        addsSpace: $0.flag("add_prefix_space", default: true),
        splitsWords: $0.flag("use_regex", default: true))
    },
    "Split": {
      SplitPreTokenizer(
        pattern: try SplitPattern($0), behavior: try SplitBehavior($0),
        isInverted: $0.flag("invert", default: false))
    },
    "Metaspace": { try MetaspacePreTokenizer($0) },
    "Digits": {
      SplitPreTokenizer(
        pattern: SplitPattern(ClassRunScanner(.number, limit: 1)),
        behavior: $0.flag("individual_digits", default: false) ? .isolated : .contiguous)
    },
    "Whitespace": { _ in
      SplitPreTokenizer(
        pattern: SplitPattern(WordOrSignsScanner()), behavior: .removed, isInverted: true)
    },
    "WhitespaceSplit": { _ in
      SplitPreTokenizer(
        pattern: SplitPattern(ClassRunScanner(.space, limit: 1)), behavior: .removed)
    },
    "Punctuation": {
      SplitPreTokenizer(
        pattern: SplitPattern(PunctuationScanner()),
        behavior: try SplitBehavior($0, default: .isolated))
    },
    "BertPreTokenizer": { _ in
      PreTokenizerSequence(parts: [
        SplitPreTokenizer(
          pattern: SplitPattern(ClassRunScanner(.space, limit: 1)), behavior: .removed),
        SplitPreTokenizer(pattern: SplitPattern(PunctuationScanner()), behavior: .isolated),
      ])
    },
    "UnicodeScripts": { _ in UnicodeScriptsPreTokenizer() },
    "FixedLength": { part in
      let length = part.json["length"] == nil ? 5 : try part.count("length")
      guard length > 0 else { throw part.error("'length' should be at least 1") }
      return FixedLengthPreTokenizer(length: length)
    },
    "CharDelimiterSplit": {
      SplitPreTokenizer(
        pattern: SplitPattern(LiteralScanner(literal: Array(try $0.string("delimiter").utf8))),
        behavior: .removed)
    },
  ]

  static func read(_ part: TokenizerPart) throws -> any PreTokenizer {
    try part.read("pre-tokenizer", from: all)
  }
}

/// One pre-tokenizer after the other.
struct PreTokenizerSequence: PreTokenizer {
  let parts: [any PreTokenizer]

  func split(_ text: inout PieceText) {
    for part in parts { part.split(&text) }
  }

  var withoutSpelling: (any PreTokenizer)? {
    parts.last?.withoutSpelling.map { PreTokenizerSequence(parts: parts.dropLast() + [$0]) }
  }
}

/// Cuts at a pattern.
struct SplitPreTokenizer: PreTokenizer {
  let pattern: SplitPattern
  let behavior: SplitBehavior
  var isInverted = false

  func split(_ text: inout PieceText) {
    text.split(pattern, behavior, isInverted: isInverted)
  }
}

/// Cuts into GPT-2's words, and spells each byte with `ByteLevelAlphabet`.
///
/// Where it is the last step before BPE, the vocabulary is read back to bytes once instead, so that
/// no text needs to be spelled out.
struct ByteLevelPreTokenizer: PreTokenizer {
  let addsSpace: Bool
  let splitsWords: Bool
  private var spellsBytes = true
  private let pattern = SplitPattern(GPT2Scanner())

  init(addsSpace: Bool, splitsWords: Bool) {
    self.addsSpace = addsSpace
    self.splitsWords = splitsWords
  }

  func split(_ text: inout PieceText) {
    if addsSpace { text.prepend([0x20]) { $1.bytes[$0.lowerBound] != 0x20 } }
    if splitsWords { text.split(pattern, .isolated) }
    if spellsBytes { text.spellBytes() }
  }

  var withoutSpelling: (any PreTokenizer)? {
    var copy = self
    copy.spellsBytes = false
    return copy
  }
}

/// SentencePiece's way with spaces: each becomes `▁`, and words begin at it.
struct MetaspacePreTokenizer: PreTokenizer {
  private enum Scheme: String {
    case always, first, never
  }

  private let mark: [UInt8]
  private let scheme: Scheme
  private let splitsWords: Bool

  init(_ part: TokenizerPart) throws {
    mark = Array((part.json["replacement"]?.string ?? "▁").utf8)
    splitsWords = part.flag("split", default: true)
    guard let name = part.json["prepend_scheme"]?.string else {
      scheme = part.flag("add_prefix_space", default: true) ? .always : .never
      return
    }
    guard let scheme = Scheme(rawValue: name) else {
      throw part.error("a prepend scheme '\(name)' is not known")
    }
    self.scheme = scheme
  }

  func split(_ text: inout PieceText) {
    text.replace(0x20, with: mark)
    if scheme != .never {
      text.prepend(mark) { piece, text in
        if text.bytes[piece].starts(with: mark) { return false }
        return scheme == .always || piece.lowerBound < text.head
      }
    }
    if splitsWords {
      text.split(SplitPattern(LiteralScanner(literal: mark)), .mergedWithNext)
    }
  }
}

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
        if behavior == .isolated {
          Self.isolate(pattern.scanner, bytes, piece, &result)
          continue
        }
        var parts = pattern.parts(of: bytes, in: piece)
        if isInverted { for index in parts.indices { parts[index].isMatch.toggle() } }
        behavior.append(parts, to: &result)
      }
    }
    pieces = result
  }

  /// The usual way to cut: all parts stay, so that nobody needs to know which were matches.
  private static func isolate(
    _ scanner: any WordScanner, _ bytes: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>,
    _ result: inout [Range<Int>]
  ) {
    var unmatched = piece.lowerBound
    var index = piece.lowerBound
    while index < piece.upperBound {
      let end = scanner.match(bytes, from: index, to: piece.upperBound)
      if end <= index {
        index += utf8Length(lead: bytes[index])
        continue
      }
      if unmatched < index { result.append(unmatched..<index) }
      result.append(index..<end)
      index = end
      unmatched = end
    }
    if unmatched < piece.upperBound { result.append(unmatched..<piece.upperBound) }
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

/// Cuts a text into pieces that no token crosses.
protocol PreTokenizer: Sendable {
  func split(_ text: inout PieceText)
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
    "CharDelimiterSplit": {
      SplitPreTokenizer(
        pattern: SplitPattern(LiteralScanner(literal: Array(try $0.string("delimiter").utf8))),
        behavior: .removed)
    },
  ]

  static func read(_ part: TokenizerPart) throws -> any PreTokenizer {
    try part.read("pre-tokenizer", from: all)
  }

  /// Whether the pieces become bytes spelled with `ByteLevelAlphabet`, which must come last.
  static func isByteLevel(_ part: TokenizerPart) throws -> Bool {
    guard try part.type() == "Sequence" else { return try part.type() == "ByteLevel" }
    let inner = try part.parts("pretokenizers")
    let flags = try inner.map(isByteLevel)
    if flags.dropLast().contains(true) {
      throw part.error("a ByteLevel pre-tokenizer is only supported as the last one")
    }
    return flags.last ?? false
  }
}

/// One pre-tokenizer after the other.
struct PreTokenizerSequence: PreTokenizer {
  let parts: [any PreTokenizer]

  func split(_ text: inout PieceText) {
    for part in parts { part.split(&text) }
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

/// Cuts into GPT-2's words.
///
/// That each byte is then spelled as a character is the vocabulary's business here:
/// it is read back to bytes once, so that no text needs to be spelled out.
struct ByteLevelPreTokenizer: PreTokenizer {
  let addsSpace: Bool
  let splitsWords: Bool
  private let pattern = SplitPattern(GPT2Scanner())

  init(addsSpace: Bool, splitsWords: Bool) {
    self.addsSpace = addsSpace
    self.splitsWords = splitsWords
  }

  func split(_ text: inout PieceText) {
    if addsSpace { text.prepend([0x20]) { $1.bytes[$0.lowerBound] != 0x20 } }
    if splitsWords { text.split(pattern, .isolated) }
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
        return scheme == .always || text.isAtSourceStart && piece.lowerBound == 0
      }
    }
    if splitsWords {
      text.split(SplitPattern(LiteralScanner(literal: mark)), .mergedWithNext)
    }
  }
}

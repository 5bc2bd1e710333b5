internal import AnnealFiles

/// Finishes an encoding: puts special tokens around it, tidies its offsets.
struct PostProcessor: Sendable {
  /// Ids that stand before the text's.
  var before: [Int] = []
  /// Ids that stand behind the text's.
  var after: [Int] = []
  /// Whether offsets leave out the spaces at a token's ends.
  var trimsOffsets = false
  /// Whether the space that the first token begins with was put there by the pre-tokenizer.
  var keepsFirstSpace = false

  /// The kinds of post-processor that are known, one line each.
  static let all: [String: @Sendable (TokenizerPart) throws -> PostProcessor] = [
    "Sequence": { try PostProcessor(sequence: $0.parts("processors").map(read)) },
    "ByteLevel": { PostProcessor(trimming: $0) },
    "TemplateProcessing": { try PostProcessor(template: $0) },
    "RobertaProcessing": { part in
      var processor = PostProcessor(trimming: part)
      processor.before = [try pairedID(part, "cls")]
      processor.after = [try pairedID(part, "sep")]
      return processor
    },
    "BertProcessing": {
      PostProcessor(before: [try pairedID($0, "cls")], after: [try pairedID($0, "sep")])
    },
  ]

  static func read(_ part: TokenizerPart) throws -> PostProcessor {
    try part.read("post-processor", from: all)
  }

  init(before: [Int] = [], after: [Int] = []) {
    self.before = before
    self.after = after
  }

  private init(trimming part: TokenizerPart) {
    trimsOffsets = part.flag("trim_offsets", default: true)
    keepsFirstSpace = part.flag("add_prefix_space", default: true)
  }

  /// Each wraps what those before it made.
  private init(sequence: [PostProcessor]) {
    for part in sequence {
      before = part.before + before
      after += part.after
      if part.trimsOffsets {
        trimsOffsets = true
        keepsFirstSpace = part.keepsFirstSpace
      }
    }
  }

  private init(template part: TokenizerPart) throws {
    var isBehindText = false
    for piece in try part.parts("single") {
      if piece.json["Sequence"] != nil {
        if isBehindText { throw piece.error("a template may hold the text only once") }
        isBehindText = true
        continue
      }
      guard let name = piece.json["SpecialToken"]?["id"]?.string,
        let ids = part.json["special_tokens"]?[name]?["ids"]?.array?.map(\.integer),
        !ids.contains(nil)
      else { throw piece.error("a special token of the template is not in 'special_tokens'") }
      if isBehindText { after += ids.compactMap { $0 } } else { before += ids.compactMap { $0 } }
    }
  }

  /// The id of a member such as `"cls": ["<s>", 0]`.
  private static func pairedID(_ part: TokenizerPart, _ key: String) throws -> Int {
    guard let id = part.json[key]?[1]?.integer else {
      throw part.error("'\(key)' should be a token and its id")
    }
    return id
  }

  /// The scalars that a token covers once spaces at its ends are left out.
  ///
  /// - Parameter token: the spelling in the vocabulary, where `Ġ` is a space.
  func trimmed(_ offsets: Range<Int>, of token: String, isFirst: Bool) -> Range<Int> {
    let scalars = token.unicodeScalars
    let isSpace = { (scalar: Unicode.Scalar) in
      scalar == "Ġ" || CharacterClasses.shared[scalar.value].contains(.space)
    }
    var leading = scalars.prefix(while: isSpace).count
    let trailing = scalars.reversed().prefix(while: isSpace).count
    var (start, end) = (offsets.lowerBound, offsets.upperBound)
    if isFirst || start == 0, keepsFirstSpace { leading = 0 }
    start = min(start + leading, end)
    if trailing > 0, end >= trailing { end = max(end - trailing, start) }
    return start..<end
  }
}

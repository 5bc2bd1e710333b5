internal import AnnealFiles

/// Finishes an encoding: puts special tokens around it, joins the two texts of a pair, tidies offsets.
struct PostProcessor: Sendable {
  /// A part of what an encoding becomes; its type (`type_id`) tells models such as BERT which of two
  /// texts a token is of.
  enum Piece: Sendable {
    case special([Int], type: Int)
    /// The first text (0) or the second (1).
    case text(Int, type: Int)

    var isText: Bool { if case .text = self { true } else { false } }
  }

  /// What becomes of one text.
  private(set) var single: [Piece] = [.text(0, type: 0)]
  /// What becomes of two texts.
  private(set) var pair: [Piece] = [.text(0, type: 0), .text(1, type: 1)]
  /// Whether offsets leave out the spaces at a token's ends.
  var trimsOffsets = false
  /// Whether the space that the first token begins with was put there by the pre-tokenizer.
  var keepsFirstSpace = false

  /// Ids that stand before a single text's.
  var before: [Int] { Self.ids(single.prefix { !$0.isText }) }
  /// Ids that stand behind a single text's.
  var after: [Int] { Self.ids(single.drop { !$0.isText }) }

  /// Whether a single text stands between special tokens, as it does but for templates that repeat it
  /// or leave it out.
  var holdsTextOnce: Bool { single.count(where: \.isText) == 1 }

  /// How many special tokens a single text gets.
  var addedToSingles: Int { Self.ids(single[...]).count }
  /// How many special tokens a pair gets.
  var addedToPairs: Int { Self.ids(pair[...]).count }

  private static func ids(_ pieces: ArraySlice<Piece>) -> [Int] {
    pieces.flatMap { piece -> [Int] in
      if case .special(let ids, _) = piece { ids } else { [] }
    }
  }

  /// Templates that repeat a text, one in the other, would double it without end.
  private static let maximumPieces = 1 << 12

  /// The kinds of post-processor that are known, one line each.
  static let all: [String: @Sendable (TokenizerPart) throws -> PostProcessor] = [
    "Sequence": { part in
      let processor = try PostProcessor(sequence: part.parts("processors").map(read))
      guard processor.single.count <= maximumPieces else {
        throw part.error("the templates repeat a text too often")
      }
      return processor
    },
    "ByteLevel": { PostProcessor(trimming: $0) },
    "TemplateProcessing": { try PostProcessor(template: $0) },
    "RobertaProcessing": { part in
      // Two separators stand between texts, and no token is of a second type.
      let (cls, sep) = (try pairedID(part, "cls"), try pairedID(part, "sep"))
      var processor = PostProcessor(trimming: part)
      processor.single = [
        .special([cls], type: 0), .text(0, type: 0), .special([sep], type: 0),
      ]
      processor.pair =
        processor.single + [
          .special([sep], type: 0), .text(1, type: 0), .special([sep], type: 0),
        ]
      return processor
    },
    "BertProcessing": { part in
      let (cls, sep) = (try pairedID(part, "cls"), try pairedID(part, "sep"))
      var processor = PostProcessor()
      processor.single = [
        .special([cls], type: 0), .text(0, type: 0), .special([sep], type: 0),
      ]
      processor.pair = processor.single + [.text(1, type: 1), .special([sep], type: 1)]
      return processor
    },
  ]

  static func read(_ part: TokenizerPart) throws -> PostProcessor {
    try part.read("post-processor", from: all)
  }

  init() {}

  private init(trimming part: TokenizerPart) {
    trimsOffsets = part.flag("trim_offsets", default: true)
    keepsFirstSpace = part.flag("add_prefix_space", default: true)
  }

  /// Each wraps what those before it made of a text; two texts are joined as the last says that does.
  private init(sequence: [PostProcessor]) {
    for part in sequence where single.count <= Self.maximumPieces {
      single = part.single.flatMap { $0.isText ? single : [$0] }
      if part.pair.contains(where: { !$0.isText }) { pair = part.pair }
      if part.trimsOffsets {
        trimsOffsets = true
        keepsFirstSpace = part.keepsFirstSpace
      }
    }
  }

  private init(template part: TokenizerPart) throws {
    single = try Self.pieces(part, "single")
    if part.json["pair"]?.isNull == false { pair = try Self.pieces(part, "pair") }
  }

  private static func pieces(_ part: TokenizerPart, _ key: String) throws -> [Piece] {
    try part.parts(key).map { piece in
      if let text = piece.json["Sequence"] {
        guard let number = ["A": 0, "B": 1][text["id"]?.string ?? "A"] else {
          throw piece.error("a template's texts are called A and B")
        }
        if key == "single", number == 1 {
          throw piece.error("a template for one text holds a second one")
        }
        return .text(number, type: try type(text, piece))
      }
      guard let special = piece.json["SpecialToken"], let name = special["id"]?.string,
        let ids = part.json["special_tokens"]?[name]?["ids"]?.array?.map(\.integer),
        !ids.contains(nil)
      else { throw piece.error("a special token of the template is not in 'special_tokens'") }
      return .special(ids.compactMap { $0 }, type: try type(special, piece))
    }
  }

  private static func type(_ json: JSON, _ piece: TokenizerPart) throws -> Int {
    guard let value = json["type_id"], !value.isNull else { return 0 }
    guard let type = value.integer, type >= 0 else {
      throw piece.error("'type_id' should be a whole number that is not negative")
    }
    return type
  }

  /// Puts `id` before each text (or behind it), where no text of the single one or the pair has it.
  mutating func add(_ id: Int, isBefore: Bool) {
    func holds(_ pieces: [Piece]) -> Bool {
      let edge =
        isBefore
        ? pieces.prefix { !$0.isText } : pieces[((pieces.lastIndex(where: \.isText) ?? -1) + 1)...]
      return Self.ids(edge).contains(id)
    }
    // In a single text it is the outermost of all.
    let special = Piece.special([id], type: 0)
    if !holds(single) { single = isBefore ? [special] + single : single + [special] }
    if holds(pair) { return }
    pair = pair.flatMap { piece -> [Piece] in
      guard case .text(_, let type) = piece else { return [piece] }
      let special = Piece.special([id], type: type)
      return isBefore ? [special, piece] : [piece, special]
    }
  }

  /// Takes `id` out from before the texts (or from behind them), where a single text has it there.
  mutating func remove(_ id: Int, isBefore: Bool) {
    guard (isBefore ? before : after).contains(id) else { return }
    func cleared(_ pieces: [Piece], _ isOpen: Bool) -> [Piece] {
      var isOpen = isOpen
      return pieces.compactMap { piece in
        guard case .special(let ids, let type) = piece else {
          isOpen = !isBefore
          return piece
        }
        guard isOpen else { return piece }
        let rest = ids.filter { $0 != id }
        return rest.isEmpty ? nil : .special(rest, type: type)
      }
    }
    single = cleared(single, isBefore)
    pair = pair.compactMap { piece in
      guard case .special(let ids, let type) = piece else { return piece }
      let rest = ids.filter { $0 != id }
      return rest.isEmpty ? nil : .special(rest, type: type)
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

internal import AnnealFiles

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// SentencePiece's vocabulary (Kudo and Richardson, 2018, arXiv:1808.06226), as its own file and GGUF
/// hold it: pieces with a score and a kind.
struct PieceVocabulary {
  /// What a piece is, by the numbers of `sentencepiece_model.proto`, which GGUF shares.
  enum Kind: Int {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  struct Piece {
    var text: [UInt8]
    var score: Float
    var kind: Kind
  }

  /// Longer pieces are refused: looking for their parts would take their length squared.
  static let maximumPieceBytes = 1024

  var pieces: [Piece] = []
  var isUnigram = false
  var fallsBackToBytes = false
  var unknown: Int?
  var beginning: Int?
  var end: Int?
  var padding: Int?
  var addsBeginning = false
  var addsEnd = false
  /// Whether a text gets a space in front (`add_dummy_prefix`).
  var addsSpace = true
  /// Whether spaces at the ends go and runs of them become one.
  var removesExtraSpaces = false
  /// Whether texts are normalized and put together as SentencePiece itself does it, to the byte.
  var isSentencePiece = false
  /// What an unknown piece shows as.
  var unknownSurface = " ⁇ "
  /// The compiled table of a normalization; empty for none.
  var normalization: [UInt8] = []

  /// The tokenizer as a document.
  ///
  /// - Throws: `AnnealError` of code `model` for scores that are no numbers and pieces too long.
  func document(file: String) throws -> TokenizerDocument {
    guard !pieces.isEmpty else {
      throw AnnealError(.model, "the file holds no pieces", at: .init(file: file))
    }
    for (id, piece) in pieces.enumerated() {
      guard piece.text.count <= Self.maximumPieceBytes, piece.score.isFinite else {
        throw AnnealError(
          .model,
          "piece \(id) is longer than \(Self.maximumPieceBytes) bytes or its score is no number",
          at: .init(file: file))
      }
    }
    let merges = isUnigram ? [] : merges()
    var document = TokenizerDocument(model: model(merges), tokens: tokens)
    document.merges = merges.flatMap(\.pairs)
    document.addedTokens = addedTokens
    document.normalizer = sequence(
      "normalizers", normalizers,
      [
        ("user_defined_symbols", .array(symbols.map { .string($0) }))
      ])
    document.decoder = sequence(
      "decoders", decoders,
      [
        ("unknown", special(unknown).first.map { .string($0.0) } ?? nil),
        ("surface", .string(unknownSurface)),
      ])
    document.postProcessor = TokenizerDocument.template(
      before: addsBeginning ? special(beginning) : [], after: addsEnd ? special(end) : [])
    return document
  }

  /// The steps that `tokenizers` takes, and beside them, where it is known, what SentencePiece does.
  private func sequence(_ key: String, _ steps: [JSON], _ exact: [(String, JSON)]) -> JSON {
    var members: [(String, JSON)] = [("type", "Sequence"), (key, .array(steps))]
    if isSentencePiece {
      let settings: [(String, JSON)] = [
        ("add_dummy_prefix", .bool(addsSpace)),
        ("remove_extra_whitespaces", .bool(removesExtraSpaces)),
      ]
      members.append(("sentencepiece", JSON(members: settings + exact)))
    }
    return JSON(members: members)
  }

  /// The pieces that a user defined.
  private var symbols: [String] {
    pieces.filter { $0.kind == .userDefined }.map { String(decoding: $0.text, as: UTF8.self) }
  }

  /// Which tokens have which part, as `tokenizer_config.json` says it.
  var configuration: [(String, JSON)] {
    [("bos_token", beginning), ("eos_token", end), ("unk_token", unknown), ("pad_token", padding)]
      .compactMap { key, id in special(id).first.map { (key, .string($0.0)) } }
  }

  private func special(_ id: Int?) -> [(String, Int)] {
    guard let id, pieces.indices.contains(id) else { return [] }
    return [(String(decoding: pieces[id].text, as: UTF8.self), id)]
  }

  private func model(
    _ merges: [(piece: Int, pairs: [TokenizerSource.Pair])]
  ) -> [(String, JSON)] {
    let unknown = special(unknown).first
    if isUnigram {
      return [
        ("type", "Unigram"), ("unk_id", unknown.map { .integer($0.1) } ?? nil),
        ("byte_fallback", .bool(fallsBackToBytes)),
      ] + (isSentencePiece ? [("sentencepiece", ["hidden": .array(hidden)])] : [])
    }
    // Only SentencePiece itself takes apart what it does not use; llama.cpp leaves it whole.
    let unused = pieces.indices.filter { isSentencePiece && pieces[$0].kind == .unused }
    let ties = zip(merges.dropFirst(), merges)
      .filter { pieces[$0.piece].score == pieces[$1.piece].score }.map(\.0.piece)
    return TokenizerDocument.bpe(unknown: unknown?.0, fallsBackToBytes: fallsBackToBytes) + [
      (
        "sentencepiece",
        ["ties": .array(ties.map(JSON.integer)), "unused": .array(unused.map(JSON.integer))]
      )
    ]
  }

  /// The ids of pieces that no text is cut into.
  private var hidden: [JSON] {
    pieces.enumerated().filter { $1.kind != .normal && $1.kind != .userDefined }
      .map { .integer($0.offset) }
  }

  private var tokens: TokenizerDocument.Tokens {
    if isUnigram { return .scores(pieces.map { ($0.text, Double(score(of: $0))) }) }
    return .ids(pieces.enumerated().map { .init(token: $1.text, id: $0) })
  }

  /// A piece's score among the ways to cut a text: those of a user go before almost all others
  /// (sentencepiece 0.2.3).
  private func score(of piece: Piece) -> Float {
    guard isSentencePiece, piece.kind == .userDefined else { return piece.score }
    return 0.1 * Float(piece.text.count) - 0.1
  }

  /// Control pieces are special; pieces of a user are found as they are written.
  private var addedTokens: [AddedToken] {
    pieces.enumerated().compactMap { id, piece in
      guard piece.kind == .control || piece.kind == .unknown || piece.kind == .userDefined,
        !piece.text.isEmpty
      else { return nil }
      var token = AddedToken(special: String(decoding: piece.text, as: UTF8.self), id: id)
      token.isSpecial = piece.kind != .userDefined
      return token
    }
  }

  private var normalizers: [JSON] {
    var steps: [JSON] = []
    if !normalization.isEmpty {
      steps.append([
        "type": "Precompiled",
        "precompiled_charsmap": .string(Data(normalization).base64EncodedString()),
      ])
    }
    if removesExtraSpaces {
      for (regex, content) in [(#"\A +"#, ""), (#" +\z"#, ""), (" {2,}", " ")] {
        steps.append([
          "type": "Replace", "pattern": ["Regex": .string(regex)], "content": .string(content),
        ])
      }
    }
    if addsSpace { steps.append(["type": "Prepend", "prepend": "▁"]) }
    steps.append(["type": "Replace", "pattern": ["String": " "], "content": "▁"])
    return steps
  }

  private var decoders: [JSON] {
    var steps: [JSON] = [["type": "Replace", "pattern": ["String": "▁"], "content": " "]]
    if fallsBackToBytes { steps.append(["type": "ByteFallback"]) }
    steps.append(["type": "Fuse"])
    if addsSpace { steps.append(["type": "Strip", "content": " ", "start": 1, "stop": 0]) }
    return steps
  }

  /// The pairs that make a piece, the piece of the best score first.
  ///
  /// SentencePiece merges the neighbours that together are the piece of the best score, whatever
  /// its parts; so every way to cut a piece into two pieces is a merge.
  private func merges() -> [(piece: Int, pairs: [TokenizerSource.Pair])] {
    var ids = ByteTable(capacity: pieces.count)
    for (id, piece) in pieces.enumerated() where isMerged(piece) {
      piece.text.withUnsafeBufferPointer { ids.set($0, Int32(truncatingIfNeeded: id)) }
    }
    let order = pieces.indices.filter { isMerged(pieces[$0]) }
      .sorted { (-pieces[$0].score, $0) < (-pieces[$1].score, $1) }
    return order.map { ($0, MergePairs.of(pieces[$0].text, in: ids, atCharacters: true)) }
      .filter { !$0.1.isEmpty }
  }

  private func isMerged(_ piece: Piece) -> Bool {
    piece.kind == .normal || piece.kind == .userDefined || piece.kind == .unused
  }
}

/// The ways to cut a token into two tokens.
enum MergePairs {
  /// The pairs of which both parts are keys of `ids`, by the ids of left and right.
  static func of(
    _ token: [UInt8], in ids: ByteTable, atCharacters: Bool
  ) -> [TokenizerSource.Pair] {
    guard token.count > 1 else { return [] }
    var found: [(left: Int32, right: Int32, cut: Int)] = []
    token.withUnsafeBufferPointer { bytes in
      for cut in 1..<bytes.count where !atCharacters || bytes[cut] & 0xC0 != 0x80 {
        guard let left = ids[UnsafeBufferPointer(rebasing: bytes[..<cut])],
          let right = ids[UnsafeBufferPointer(rebasing: bytes[cut...])]
        else { continue }
        found.append((left, right, cut))
      }
    }
    found.sort { ($0.left, $0.right) < ($1.left, $1.right) }
    return found.map { .init(left: Array(token[..<$0.cut]), right: Array(token[$0.cut...])) }
  }
}

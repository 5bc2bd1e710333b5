public import AnnealFiles

extension Tokenizer {
  /// The metadata that stand for this tokenizer in a GGUF file (`tokenizer.ggml.*`; ggml,
  /// docs/gguf.md).
  ///
  /// Byte-level BPE is written as `gpt2`, with its merges and the name under which llama.cpp knows how
  /// it cuts words; BPE that falls back to bytes as `llama`, where the order of merges becomes scores.
  ///
  /// - Parameters:
  ///   - rows: the rows of the model's embedding; ids without a token are filled up to there.
  ///   - endOfTurn: the token that ends an answer, where it is not the one that ends a text.
  ///   - addsBeginning: whether readers put the token that begins a text in front; nil leaves that as
  ///     the tokenizer has it.
  ///   - file: what errors call the tokenizer.
  /// - Throws: `AnnealError` of code `model` for a tokenizer that the format cannot say.
  public func ggufMetadata(
    rows: Int, endOfTurn: Int? = nil, addsBeginning: Bool? = nil, file: String
  ) throws -> [(name: String, value: GGUFValue)] {
    try GGUFVocabulary(self, rows: rows, file: file)
      .metadata(endOfTurn: endOfTurn, addsBeginning: addsBeginning)
  }
}

extension Tokenizer {
  /// The token that begins a text: the one that is named, else the one that is put there.
  public var textBeginning: Int? { beginningOfText ?? ends.opening.first }

  /// The token that ends a text: the one that is named, else the one that is put there.
  public var textEnd: Int? { endOfText ?? ends.closing.last }

  /// Whether those tokens are put around every text.
  var addsEnds: (beginning: Bool, end: Bool) {
    let (opening, closing) = ends
    return (
      textBeginning.map { opening == [$0] } ?? false, textEnd.map { closing == [$0] } ?? false
    )
  }

  /// What is put around every text.
  private var ends: (opening: [Int], closing: [Int]) {
    let opening = ConversationEncoder.opening(of: self)
    let plain = encode("a", addSpecialTokens: false)
    let whole = encode("a", addSpecialTokens: true)
    return (opening, Array(whole.dropFirst(opening.count + plain.count)))
  }
}

/// A tokenizer on its way into a GGUF file.
struct GGUFVocabulary {
  private let tokenizer: Tokenizer
  private let source: TokenizerSource
  private let file: String
  private let pieces: [PieceVocabulary.Piece]
  /// Whether the vocabulary spells bytes with GPT-2's characters.
  private let isByteLevel: Bool

  init(_ tokenizer: Tokenizer, rows: Int, file: String) throws {
    guard tokenizer.vocabularySize <= rows else {
      throw AnnealError(
        .model,
        "the tokenizer has \(tokenizer.vocabularySize) tokens, but the embedding only \(rows) rows",
        at: .init(file: file), remedy: "Does the tokenizer belong to this model?")
    }
    self.tokenizer = tokenizer
    self.file = file
    source = try TokenizerSource(tokenizer.source, file: file)
    let isByteLevel = WordPattern.spellsBytes(source.json["pre_tokenizer"])
    self.isByteLevel = isByteLevel
    let unknown = tokenizer.unknown ?? Self.unknown(source, tokenizer)
    pieces = (0..<rows).map { id in
      guard let token = tokenizer.token(of: id) else {
        return .init(text: Array("[PAD\(id)]".utf8), score: 0, kind: .unused)
      }
      return .init(
        text: Array(token.utf8), score: 0,
        kind: Self.kind(id, token, tokenizer, unknown: unknown, isByteLevel: isByteLevel))
    }
  }

  func metadata(
    endOfTurn: Int?, addsBeginning: Bool?
  ) throws -> [(name: String, value: GGUFValue)] {
    let type = source.json["model"]?["type"]?.string ?? "BPE"
    let isBytes = source.json["model"]?["byte_fallback"]?.bool ?? false
    var parts: [(String, GGUFValue)]
    if type == "BPE", isByteLevel {
      parts = try byteLevel()
    } else if type == "BPE", isBytes {
      parts = try scored()
    } else {
      throw AnnealError(
        .model, "a tokenizer of type \(type) without bytes cannot be written to a GGUF file",
        at: .init(file: file, field: "model.type"),
        remedy: "Byte-level BPE, and BPE that falls back to bytes, can.")
    }
    parts.append(("token_type", .integers(pieces.map { Int32($0.kind.rawValue) })))
    parts += specials(endOfTurn, addsBeginning)
    return parts.map { (GGUFTokenizerReader.key($0.0), $0.1) }
  }

  private static func unknown(_ source: TokenizerSource, _ tokenizer: Tokenizer) -> Int? {
    source.json["model"]?["unk_token"]?.string.flatMap(tokenizer.id)
  }

  private static func kind(
    _ id: Int, _ token: String, _ tokenizer: Tokenizer, unknown: Int?, isByteLevel: Bool
  ) -> PieceVocabulary.Kind {
    if let added = tokenizer.added[id] {
      if id == unknown, !isByteLevel { return .unknown }
      return added.isSpecial ? .control : .userDefined
    }
    let isByte =
      token.utf8.count == 6 && token.hasPrefix("<0x") && token.hasSuffix(">")
      && UInt8(token.dropFirst(3).prefix(2), radix: 16) != nil
    return isByte && !isByteLevel ? .byte : .normal
  }

  private var tokens: GGUFValue {
    .strings(pieces.map { String(decoding: $0.text, as: UTF8.self) })
  }

  private func byteLevel() throws -> [(String, GGUFValue)] {
    let merges = source.merges.map { pair in
      String(decoding: pair.left + [0x20] + pair.right, as: UTF8.self)
    }
    return [
      ("model", .string("gpt2")), ("pre", .string(try wordsName())), ("tokens", tokens),
      ("merges", .strings(merges)),
    ]
  }

  /// SentencePiece's form: of all neighbours, those that together have the highest score are merged
  /// first, so the order of merges is the order of scores.
  private func scored() throws -> [(String, GGUFValue)] {
    var scores = [Float?](repeating: nil, count: pieces.count)
    var next: Float = 0
    func rank(_ id: Int) {
      guard scores[id] == nil, pieces[id].kind == .normal else { return }
      scores[id] = next
      next -= 1
    }
    for pair in source.merges {
      let whole = String(decoding: pair.left + pair.right, as: UTF8.self)
      if let id = tokenizer.model.vocabulary.id(spelled: whole) { rank(id) }
    }
    for id in pieces.indices { rank(id) }
    let first = tokenizer.encode("a", addSpecialTokens: false).first.flatMap(tokenizer.token)
    return [
      ("model", .string("llama")), ("pre", .string("default")), ("tokens", tokens),
      ("scores", .floats(scores.map { $0 ?? 0 })),
      ("add_space_prefix", .bool(first?.hasPrefix("▁") ?? false)),
    ]
  }

  private func specials(
    _ endOfTurn: Int?, _ addsBeginning: Bool?
  ) -> [(String, GGUFValue)] {
    let named: [(String, Int?)] = [
      ("bos_token_id", tokenizer.textBeginning), ("eos_token_id", tokenizer.textEnd),
      ("eot_token_id", endOfTurn == tokenizer.textEnd ? nil : endOfTurn),
      ("unknown_token_id", tokenizer.unknown ?? Self.unknown(source, tokenizer)),
      ("padding_token_id", tokenizer.padding),
    ]
    let (opens, closes) = tokenizer.addsEnds
    var parts: [(String, GGUFValue)] = []
    for (name, id) in named {
      if let id, let number = UInt32(exactly: id) { parts.append((name, .uint32(number))) }
    }
    parts.append(("add_bos_token", .bool(addsBeginning ?? opens)))
    parts.append(("add_eos_token", .bool(closes)))
    return parts
  }
}

extension GGUFVocabulary {
  /// The name under which llama.cpp cuts words as this tokenizer does.
  ///
  /// A tokenizer whose own description is that of a name gets it; another one gets the first name with
  /// which all probes give the same ids.
  private func wordsName() throws -> String {
    let cuts = WordPattern.cuts(of: source.json["pre_tokenizer"])
    let ignoresMerges = source.json["model"]?["ignore_merges"]?.bool ?? false
    if let found = WordPattern.named.first(where: {
      WordPattern.cuts(of: $0.pattern.preTokenizer()) == cuts
    }),
      let name = Self.name(of: found.names, ignoresMerges)
    {
      return name
    }
    var nearest: (name: String, place: Int)?
    for (pattern, names) in WordPattern.named {
      guard let name = Self.name(of: names, ignoresMerges) else { continue }
      guard let place = try firstDifference(pattern, ignoresMerges) else { return name }
      if place > nearest?.place ?? -1 { nearest = (name, place) }
    }
    let example = nearest.map {
      "; the nearest, '\($0.name)', differs on \(String(reflecting: ProbeTexts.all[$0.place]))"
    }
    throw AnnealError(
      .model, "llama.cpp has no name for the way this tokenizer cuts words\(example ?? "")",
      at: .init(file: file, field: "pre_tokenizer"),
      remedy: "Such a file would give other tokens than the model was trained with.")
  }

  private static func name(of names: [String], _ ignoresMerges: Bool) -> String? {
    names.first { WordPattern.ggufBeginning.contains($0) == ignoresMerges }
  }

  /// The first probe that another way of cutting words gives other ids for.
  private func firstDifference(_ pattern: WordPattern, _ ignoresMerges: Bool) throws -> Int? {
    let added = tokenizer.added.values.sorted { $0.id < $1.id }
    let document = TokenizerDocument.byteLevel(
      pattern, entries: source.entries, merges: source.merges, added: added,
      ignoresMerges: ignoresMerges)
    let other = try Tokenizer(source: document.text(), configuration: nil, file: file)
    return ProbeTexts.all.firstIndex {
      other.encode($0, addSpecialTokens: false) != tokenizer.encode($0, addSpecialTokens: false)
    }
  }
}

extension WordPattern {
  /// Whether a member `pre_tokenizer` writes bytes as GPT-2's characters.
  static func spellsBytes(_ json: JSON?) -> Bool {
    json?["type"]?.string == "ByteLevel"
      || (json?["pretokenizers"]?.array ?? []).contains { spellsBytes($0) }
  }

  /// What a member `pre_tokenizer` cuts at, step by step, without what changes no ids.
  static func cuts(of json: JSON?) -> [String] {
    guard let json, !json.isNull else { return [] }
    switch json["type"]?.string {
    case "Sequence": return (json["pretokenizers"]?.array ?? []).flatMap { cuts(of: $0) }
    case "ByteLevel":
      let spaces = json["add_prefix_space"]?.bool ?? true
      return (spaces ? ["a space in front"] : [])
        + (json["use_regex"]?.bool ?? true ? ["the words of GPT-2"] : [])
    default: return [json.text()]
    }
  }
}

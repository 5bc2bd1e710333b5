internal import AnnealFiles

/// The vocabulary inside a GGUF file (`tokenizer.ggml.*`; ggml, docs/gguf.md).
enum GGUFTokenizerReader: TokenizerReader {
  static func file(in folder: String) -> String? {
    Folder.names(in: folder).first { $0.hasSuffix(".gguf") }.map { folder + "/" + $0 }
  }

  static func recognizes(_ path: String, start: ArraySlice<UInt8>) -> Bool {
    start.starts(with: Array("GGUF".utf8))
  }

  static func read(_ path: String, beside folder: TokenizerFolder) throws -> TokenizerContents {
    let file = try GGUFFile(path: path)
    guard let model = file.string(key("model")) else {
      throw fault("the file holds no tokenizer", path, "model")
    }
    let vocabulary = try vocabulary(file)
    let document: TokenizerDocument
    var configuration = vocabulary.configuration
    switch model {
    case "llama", "t5": document = try vocabulary.document(file: path)
    case "gpt2": document = try byteLevel(file, vocabulary)
    case "bert": (document, configuration) = try wordPiece(file, vocabulary.pieces)
    default:
      throw fault(
        "a tokenizer of kind '\(model)' is not supported; supported are llama, t5, gpt2 and bert",
        path, "model")
    }
    if let template = file.string("tokenizer.chat_template") {
      configuration.append(("chat_template", .string(template)))
    }
    return TokenizerContents(source: document.text(), configuration: configuration)
  }

  static func key(_ name: String) -> String { "tokenizer.ggml." + name }

  static func fault(_ message: String, _ path: String, _ name: String) -> AnnealError {
    AnnealError(
      .model, message, at: .init(file: path, field: key(name)),
      remedy: "Put the model's tokenizer.json beside the file.")
  }

  private static func vocabulary(_ file: GGUFFile) throws -> PieceVocabulary {
    guard let tokens = file.strings(key("tokens")), !tokens.isEmpty else {
      throw fault("the file holds no tokens", file.path, "tokens")
    }
    let scores = file.numbers(key("scores"))
    let kinds = file.integers(key("token_type"))
    for (name, count) in [("scores", scores?.count), ("token_type", kinds?.count)]
    where count != nil && count != tokens.count {
      throw fault("there are \(tokens.count) tokens but \(count ?? 0) of these", file.path, name)
    }
    let model = file.string(key("model"))
    let isScored = model != "gpt2" && model != "bert"
    if isScored, scores == nil { throw fault("there are no scores", file.path, "scores") }
    var vocabulary = PieceVocabulary()
    vocabulary.pieces = tokens.enumerated().map { id, token in
      PieceVocabulary.Piece(
        text: repairedUTF8(token), score: Float(scores?[id] ?? 0),
        kind: kinds.flatMap { .init(rawValue: $0[id]) } ?? .normal)
    }
    vocabulary.isUnigram = model == "t5"
    vocabulary.isSentencePiece = vocabulary.isUnigram
    vocabulary.fallsBackToBytes = vocabulary.pieces.contains { $0.kind == .byte }
    func id(_ name: String) -> Int? {
      file.integer(key(name)).flatMap { tokens.indices.contains($0) ? $0 : nil }
    }
    vocabulary.unknown = id("unknown_token_id") ?? (isScored ? 0 : nil)
    vocabulary.beginning = id("bos_token_id")
    vocabulary.end = id("eos_token_id")
    vocabulary.padding = id("padding_token_id")
    // llama.cpp's defaults: a Llama begins its texts, T5 ends them.
    let isLlama = model == "llama" || file.string(key("pre")).map(beginsTexts) ?? false
    vocabulary.addsBeginning = file.bool(key("add_bos_token")) ?? isLlama
    vocabulary.addsEnd = file.bool(key("add_eos_token")) ?? (model == "t5")
    vocabulary.addsSpace = file.bool(key("add_space_prefix")) ?? true
    vocabulary.removesExtraSpaces = file.bool(key("remove_extra_whitespaces")) ?? false
    vocabulary.normalization =
      file.integers(key("precompiled_charsmap"))?.map { UInt8(truncatingIfNeeded: $0) } ?? []
    return vocabulary
  }

  /// The kinds of Llama-3 and Tekken, whose files begin their texts unless they say otherwise (llama.cpp).
  private static func beginsTexts(_ pattern: String) -> Bool {
    WordPattern.ggufBeginning.contains(pattern)
  }

  private static func byteLevel(
    _ file: GGUFFile, _ vocabulary: PieceVocabulary
  ) throws -> TokenizerDocument {
    let name = file.string(key("pre")) ?? "default"
    guard let pattern = WordPattern.gguf(name) else {
      let known = WordPattern.ggufNames.sorted().joined(separator: ", ")
      throw fault("words of kind '\(name)' are not known; known are \(known)", file.path, "pre")
    }
    guard let merges = file.strings(key("merges")) else {
      throw fault("there are no merges", file.path, "merges")
    }
    var pairs: [TokenizerSource.Pair] = []
    for (index, merge) in merges.enumerated() {
      // The first character may be a space that is part of the token.
      guard let space = merge.dropFirst().firstIndex(of: 0x20) else {
        throw fault("a merge is two tokens with a space between", file.path, "merges[\(index)]")
      }
      pairs.append(
        .init(left: repairedUTF8(merge[..<space]), right: repairedUTF8(merge[(space + 1)...])))
    }
    var entries: [TokenizerSource.Entry] = []
    var added: [AddedToken] = []
    for (id, piece) in vocabulary.pieces.enumerated() {
      if piece.kind == .normal || piece.kind == .unused || piece.kind == .byte {
        entries.append(.init(token: piece.text, id: id))
      } else if !piece.text.isEmpty {
        var token = AddedToken(special: String(decoding: piece.text, as: UTF8.self), id: id)
        token.isSpecial = piece.kind != .userDefined
        added.append(token)
      }
    }
    let named = { (id: Int?) in
      id.map { [(String(decoding: vocabulary.pieces[$0].text, as: UTF8.self), $0)] } ?? []
    }
    return TokenizerDocument.byteLevel(
      pattern, entries: entries, merges: pairs, added: added,
      ignoresMerges: beginsTexts(name),
      before: vocabulary.addsBeginning ? named(vocabulary.beginning) : [],
      after: vocabulary.addsEnd ? named(vocabulary.end) : [])
  }
}

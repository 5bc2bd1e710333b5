internal import AnnealFiles

extension GGUFTokenizerReader {
  /// BERT's vocabulary (WordPiece; Devlin and others, 2019, arXiv:1810.04805) as llama.cpp's converter
  /// writes it: a token that begins a word has `▁` in front, one that goes on with a word has lost its
  /// `##`, and tokens in brackets are as they were.
  ///
  /// The format does not say whether a model lowercases; one whose tokens hold no capital does.
  static func wordPiece(
    _ file: GGUFFile, _ pieces: [PieceVocabulary.Piece]
  ) throws -> (document: TokenizerDocument, configuration: [(String, JSON)]) {
    let mark = Array("▁".utf8)
    let names = pieces.map { piece -> [UInt8] in
      if piece.text.starts(with: mark) { return Array(piece.text.dropFirst(mark.count)) }
      let isBracketed =
        piece.text.first == UInt8(ascii: "[") && piece.text.last == UInt8(ascii: "]")
      return isBracketed || piece.kind != .normal ? piece.text : Array("##".utf8) + piece.text
    }
    let specials = try Specials(file, names)
    var added: [AddedToken] = []
    for (id, piece) in pieces.enumerated() where !names[id].isEmpty {
      let isNamed = specials.all.contains(id)
      let isPart = piece.kind == .normal || piece.kind == .unused || piece.kind == .byte
      guard isNamed || !isPart else { continue }
      var token = AddedToken(special: String(decoding: names[id], as: UTF8.self), id: id)
      token.isSpecial = isNamed || piece.kind != .userDefined
      added.append(token)
    }
    let lowercases = !zip(names, pieces).contains { name, piece in
      piece.kind == .normal && name.first != UInt8(ascii: "[")
        && String(decoding: name, as: UTF8.self).unicodeScalars.contains {
          $0.properties.isUppercase
        }
    }
    let text = { (id: Int) in JSON.string(String(decoding: names[id], as: UTF8.self)) }
    var document = TokenizerDocument(
      model: [
        ("type", "WordPiece"), ("unk_token", text(specials.unknown)),
        ("continuing_subword_prefix", "##"), ("max_input_chars_per_word", 100),
      ],
      tokens: .ids(names.enumerated().map { .init(token: $0.element, id: $0.offset) }))
    document.addedTokens = added
    document.normalizer = [
      "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
      "strip_accents": nil, "lowercase": .bool(lowercases),
    ]
    document.preTokenizer = ["type": "BertPreTokenizer"]
    document.postProcessor = [
      "type": "BertProcessing",
      "sep": [text(specials.separator), .integer(specials.separator)],
      "cls": [text(specials.beginning), .integer(specials.beginning)],
    ]
    document.decoder = ["type": "WordPiece", "prefix": "##", "cleanup": true]
    var configuration: [(String, JSON)] = [
      ("unk_token", text(specials.unknown)), ("cls_token", text(specials.beginning)),
      ("sep_token", text(specials.separator)), ("do_lower_case", .bool(lowercases)),
    ]
    if let id = specials.padding { configuration.append(("pad_token", text(id))) }
    if let id = specials.mask { configuration.append(("mask_token", text(id))) }
    return (document, configuration)
  }

  /// The ids of BERT's special tokens: as the file says, else by their names.
  private struct Specials {
    let unknown: Int
    let beginning: Int
    let separator: Int
    let padding: Int?
    let mask: Int?

    var all: Set<Int> { Set([unknown, beginning, separator, padding, mask].compactMap { $0 }) }

    init(_ file: GGUFFile, _ names: [[UInt8]]) throws {
      func optional(_ keys: [String], _ name: String) -> Int? {
        for key in keys {
          if let id = file.integer(GGUFTokenizerReader.key(key)), names.indices.contains(id) {
            return id
          }
        }
        return names.firstIndex(of: Array(name.utf8))
      }
      func id(_ keys: [String], _ name: String) throws -> Int {
        guard let id = optional(keys, name) else {
          throw GGUFTokenizerReader.fault(
            "there is no token '\(name)' and no id for it", file.path, keys[0])
        }
        return id
      }
      unknown = try id(["unknown_token_id"], "[UNK]")
      beginning = try id(["cls_token_id", "bos_token_id"], "[CLS]")
      // The format's name is spelled so.
      separator = try id(["seperator_token_id", "eos_token_id"], "[SEP]")
      padding = optional(["padding_token_id"], "[PAD]")
      mask = optional(["mask_token_id"], "[MASK]")
    }
  }
}

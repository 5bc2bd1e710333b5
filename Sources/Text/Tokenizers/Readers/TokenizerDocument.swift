internal import AnnealFiles

/// A tokenizer on its way to the text of a `tokenizer.json`, which is how every kind of file is read:
/// there is one loader, and what was read from another kind can be saved.
struct TokenizerDocument {
  /// The tokens of the model.
  enum Tokens {
    /// With their ids.
    case ids([TokenizerSource.Entry])
    /// In the order of their ids, with their scores (Unigram).
    case scores([(token: [UInt8], score: Double)])
  }

  var addedTokens: [AddedToken] = []
  var normalizer: JSON = nil
  var preTokenizer: JSON = nil
  var postProcessor: JSON = nil
  var decoder: JSON = nil
  /// The members of `model` beside its tokens and merges.
  var model: [(String, JSON)]
  var tokens: Tokens
  var merges: [TokenizerSource.Pair] = []

  /// The file's text.
  ///
  /// Written by hand, since keys of a JSON value that are canonically equivalent would become one.
  func text() -> [UInt8] {
    var writer = Writer()
    writer.raw(#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":"#)
    writer.value(.array(addedTokens.map(\.json)))
    for (name, value) in [
      ("normalizer", normalizer), ("pre_tokenizer", preTokenizer),
      ("post_processor", postProcessor), ("decoder", decoder),
    ] {
      writer.raw(",\"\(name)\":")
      writer.value(value)
    }
    writer.raw(",\"model\":{")
    for (name, value) in model {
      writer.raw("\"\(name)\":")
      writer.value(value)
      writer.raw(",")
    }
    switch tokens {
    case .ids(let entries):
      writer.list("\"vocab\":{", entries, "}") {
        $0.string($1.token)
        $0.raw(":\($1.id)")
      }
      writer.list(",\"merges\":[", merges, "]") {
        $0.raw("[")
        $0.string($1.left)
        $0.raw(",")
        $0.string($1.right)
        $0.raw("]")
      }
    case .scores(let scored):
      writer.list("\"vocab\":[", scored, "]") {
        $0.raw("[")
        $0.string($1.token)
        $0.raw(",\($1.score)]")
      }
    }
    writer.raw("}}")
    return writer.bytes
  }
}

extension TokenizerDocument {
  /// The members of a BPE model.
  static func bpe(
    unknown: String? = nil, fallsBackToBytes: Bool = false, ignoresMerges: Bool = false
  ) -> [(String, JSON)] {
    [
      ("type", "BPE"), ("dropout", nil), ("unk_token", unknown.map { .string($0) } ?? nil),
      ("continuing_subword_prefix", nil), ("end_of_word_suffix", nil),
      ("fuse_unk", .bool(unknown != nil)), ("byte_fallback", .bool(fallsBackToBytes)),
      ("ignore_merges", .bool(ignoresMerges)),
    ]
  }

  /// A post-processor that puts tokens before and behind a text; `null` without any.
  static func template(before: [(String, Int)], after: [(String, Int)]) -> JSON {
    if before.isEmpty, after.isEmpty { return nil }
    func special(_ token: (String, Int), _ part: Int) -> JSON {
      ["SpecialToken": ["id": .string(token.0), "type_id": .integer(part)]]
    }
    func text(_ name: String, _ part: Int) -> [JSON] {
      before.map { special($0, part) } + [
        ["Sequence": ["id": .string(name), "type_id": .integer(part)]]
      ]
        + after.map { special($0, part) }
    }
    let tokens = (before + after).map { name, id -> (String, JSON) in
      (name, ["id": .string(name), "ids": [.integer(id)], "tokens": [.string(name)]])
    }
    return [
      "type": "TemplateProcessing", "single": .array(text("A", 0)),
      "pair": .array(text("A", 0) + text("B", 1)), "special_tokens": JSON(members: tokens),
    ]
  }

  /// Writes JSON with strings that come as bytes.
  private struct Writer {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func value(_ json: JSON) { raw(json.text()) }

    mutating func list<Element>(
      _ opening: String, _ elements: [Element], _ closing: String,
      _ body: (inout Writer, Element) -> Void
    ) {
      raw(opening)
      for (index, element) in elements.enumerated() {
        if index > 0 { raw(",") }
        body(&self, element)
      }
      raw(closing)
    }

    mutating func string(_ text: [UInt8]) {
      bytes.append(UInt8(ascii: "\""))
      for byte in text {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
          bytes.append(UInt8(ascii: "\\"))
          bytes.append(byte)
        case 0..<0x20:
          raw(byte < 16 ? "\\u000" : "\\u00")
          raw(String(byte, radix: 16))
        default: bytes.append(byte)
        }
      }
      bytes.append(UInt8(ascii: "\""))
    }
  }
}

extension AddedToken {
  /// The token as an element of `added_tokens`.
  var json: JSON {
    [
      "id": .integer(id), "content": .string(content), "single_word": .bool(isSingleWord),
      "lstrip": .bool(stripsLeft), "rstrip": .bool(stripsRight), "normalized": .bool(isNormalized),
      "special": .bool(isSpecial),
    ]
  }
}

/// Well-formed UTF-8 of bytes that should be it already.
func repairedUTF8(_ bytes: some Collection<UInt8>) -> [UInt8] {
  Array(String(decoding: bytes, as: UTF8.self).utf8)
}

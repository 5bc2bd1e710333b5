internal import AnnealFiles

/// How the families of byte-level vocabularies cut a text into words, as a `tokenizer.json` says it.
///
/// Files that hold only a vocabulary leave this out, or name it: GGUF in `tokenizer.ggml.pre`.
enum WordPattern {
  case gpt2
  case llama3
  case qwen2
  /// GPT-2's words, after every digit has been cut off (StarCoder, Command R, SmolLM).
  case digitsThenGPT2
  case deepSeekCoder

  /// The pattern that GGUF files call `name` (the names of llama.cpp, `src/llama-vocab.cpp`).
  init?(gguf name: String) {
    switch name {
    case "gpt-2", "phi-2", "mpt", "olmo", "jais", "roberta-bpe": self = .gpt2
    case "llama3", "llama-v3", "llama-bpe", "dbrx", "smaug-bpe", "falcon3", "pixtral":
      self = .llama3
    case "qwen2", "stablelm2", "deepseek-r1-qwen": self = .qwen2
    case "starcoder", "refact", "command-r", "smollm", "codeshell": self = .digitsThenGPT2
    case "deepseek-coder": self = .deepSeekCoder
    default: return nil
    }
  }

  /// Names that `init(gguf:)` takes, for errors.
  static let ggufNames = "gpt-2, llama-bpe, qwen2, starcoder, refact, command-r, deepseek-coder"

  /// The member `pre_tokenizer`.
  func preTokenizer(addsSpace: Bool = false) -> JSON {
    switch self {
    case .gpt2: Self.byteLevel(addsSpace: addsSpace, splitsWords: true)
    case .llama3: Self.sequence([Self.split(SplitPattern.cl100k(maximumDigits: 3))], addsSpace)
    case .qwen2: Self.sequence([Self.split(SplitPattern.cl100k(maximumDigits: 1))], addsSpace)
    case .digitsThenGPT2:
      [
        "type": "Sequence",
        "pretokenizers": [
          ["type": "Digits", "individual_digits": true],
          Self.byteLevel(addsSpace: addsSpace, splitsWords: true),
        ],
      ]
    case .deepSeekCoder:
      Self.sequence(
        [#"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, "[一-龥ࠀ-一가-퟿]+"].map(Self.split)
          + [["type": "Digits", "individual_digits": true]], addsSpace)
    }
  }

  /// The normalizer that the family's models were trained with.
  var normalizer: JSON { if case .qwen2 = self { ["type": "NFC"] } else { nil } }

  static func byteLevel(
    addsSpace: Bool = false, splitsWords: Bool = true, trimsOffsets: Bool = true
  ) -> JSON {
    [
      "type": "ByteLevel", "add_prefix_space": .bool(addsSpace),
      "trim_offsets": .bool(trimsOffsets), "use_regex": .bool(splitsWords),
    ]
  }

  private static func split(_ regex: String) -> JSON {
    [
      "type": "Split", "pattern": ["Regex": .string(regex)], "behavior": "Isolated",
      "invert": false,
    ]
  }

  private static func sequence(_ splits: [JSON], _ addsSpace: Bool) -> JSON {
    [
      "type": "Sequence",
      "pretokenizers": .array(splits + [byteLevel(addsSpace: addsSpace, splitsWords: false)]),
    ]
  }
}

extension TokenizerDocument {
  /// A byte-level BPE tokenizer.
  ///
  /// - Parameters:
  ///   - before: tokens and their ids that a text begins with.
  ///   - after: tokens and their ids that a text ends with.
  static func byteLevel(
    _ pattern: WordPattern, entries: [TokenizerSource.Entry], merges: [TokenizerSource.Pair],
    added: [AddedToken], addsSpace: Bool = false, ignoresMerges: Bool = false,
    before: [(String, Int)] = [], after: [(String, Int)] = []
  ) -> TokenizerDocument {
    var document = TokenizerDocument(
      model: bpe(ignoresMerges: ignoresMerges), tokens: .ids(entries), merges: merges)
    document.addedTokens = added
    document.normalizer = pattern.normalizer
    document.preTokenizer = pattern.preTokenizer(addsSpace: addsSpace)
    let offsets = WordPattern.byteLevel(addsSpace: addsSpace, trimsOffsets: false)
    let template = template(before: before, after: after)
    document.postProcessor =
      template.isNull
      ? offsets : ["type": "Sequence", "processors": [offsets, template]]
    document.decoder = WordPattern.byteLevel()
    return document
  }
}

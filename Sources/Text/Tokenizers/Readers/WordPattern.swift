internal import AnnealFiles

/// How the families of byte-level vocabularies cut a text into words, as a `tokenizer.json` says it.
///
/// Files that hold only a vocabulary leave this out, or name it: GGUF in `tokenizer.ggml.pre`. A
/// pattern that the loader does not know is refused there, by its regular expression.
struct WordPattern: Sendable {
  /// What a text is cut at, one after the other.
  private var splits: [JSON] = []
  /// Whether GPT-2's words are cut after that.
  private var splitsWords = false
  /// The normalizer that the family's models were trained with.
  private(set) var normalizer: JSON = nil

  static let gpt2 = WordPattern(splitsWords: true)
  static let llama3 = WordPattern(splits: [split(SplitPattern.cl100k(maximumDigits: 3))])
  static let qwen2 = WordPattern(
    splits: [split(SplitPattern.cl100k(maximumDigits: 1))], normalizer: ["type": "NFC"])
  /// As Qwen2, with marks as parts of their words.
  static let qwen35 = WordPattern(
    splits: [
      split(
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"#
          + #"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#)
    ], normalizer: ["type": "NFC"])
  /// GPT-2's words, after every digit has been cut off (StarCoder, Command R, SmolLM).
  static let digitsThenGPT2 = WordPattern(splits: [digits], splitsWords: true)
  static let deepSeekCoder = WordPattern(
    splits: [#"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, "[一-龥ࠀ-一가-퟿]+"].map(split) + [digits])
  /// GPT-4o's and Llama-4's words, which begin at a capital.
  static let o200k = WordPattern(splits: [split(cased(contraction: contraction, #"\p{N}{1,3}"#))])
  /// Mistral's Tekken.
  static let tekken = WordPattern(splits: [split(cased(contraction: "", #"\p{N}"#))])

  private static let digits: JSON = ["type": "Digits", "individual_digits": true]
  private static let contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"

  private static func cased(contraction: String, _ digits: String) -> String {
    let first = #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let rest = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    return "\(first)*\(rest)+\(contraction)|\(first)+\(rest)*\(contraction)|\(digits)"
      + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The patterns by the names of llama.cpp (`src/llama-vocab.cpp`).
  private static let named: [(pattern: WordPattern, names: [String])] = [
    (gpt2, ["gpt-2", "phi-2", "mpt", "olmo", "jais", "roberta-bpe"]),
    (llama3, ["llama3", "llama-v3", "llama-bpe", "dbrx", "smaug-bpe", "falcon3", "pixtral"]),
    (qwen2, ["qwen2", "stablelm2", "deepseek-r1-qwen"]),
    (qwen35, ["qwen35"]),
    (digitsThenGPT2, ["starcoder", "refact", "command-r", "smollm", "codeshell"]),
    (deepSeekCoder, ["deepseek-coder"]),
    (o200k, ["gpt-4o", "llama4"]),
    (tekken, ["tekken"]),
  ]

  /// The pattern that GGUF files call `name`.
  static func gguf(_ name: String) -> WordPattern? {
    named.first { $0.names.contains(name) }?.pattern
  }

  /// The names that `gguf` knows.
  static var ggufNames: [String] { named.flatMap(\.names) }

  /// The member `pre_tokenizer`.
  func preTokenizer(addsSpace: Bool = false) -> JSON {
    let bytes = Self.byteLevel(addsSpace: addsSpace, splitsWords: splitsWords)
    return splits.isEmpty
      ? bytes : ["type": "Sequence", "pretokenizers": .array(splits + [bytes])]
  }

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

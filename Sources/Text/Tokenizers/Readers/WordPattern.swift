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
  /// DeepSeek-LLM's, whose letters are those of alphabets with capitals.
  static let deepSeekLLM = WordPattern(
    splits: [
      #"[\r\n]"#, #"\s?["# + casedLetters + "]+", "\\s?[!-/:-~！-／：-～‘-‟\u{3000}-。]+", #"\s+$"#,
      "[一-龥ࠀ-一가-\u{D7FF}]+",
    ].map(split) + [digits])
  /// DeepSeek-V3's: numbers of three digits, Chinese and Japanese, words with their marks.
  static let deepSeekV3 = WordPattern(
    splits: [#"\p{N}{1,3}"#, "[一-龥\u{3040}-ゟ゠-ヿ]+", SplitPattern.deepSeek].map(split))
  /// What llama.cpp cuts with when a file does not name its words.
  static let unnamed = WordPattern(
    splits: [#"[\p{P}\$\+<=>\^~\|]+"#, SplitPattern.gpt2, #"\p{N}+"#, "[0-9][0-9][0-9]"].map(split))
  static let falcon = WordPattern(
    splits: [#"[\p{P}\$\+<=>\^~\|`]+"#, SplitPattern.gpt2, "[0-9][0-9][0-9]"].map(split))
  /// GPT-4o's and Llama-4's words, which begin at a capital.
  static let o200k = WordPattern(splits: [split(cased(contraction: contraction, #"\p{N}{1,3}"#))])
  /// Mistral's Tekken.
  static let tekken = WordPattern(splits: [split(cased(contraction: "", #"\p{N}"#))])

  /// Letters of alphabets with capitals, by their scalars: some have twins that look the same.
  private static let casedLetters =
    "A-Za-z\u{B5}\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{1BA}\u{1BC}-\u{1BF}\u{1C4}-\u{293}"
    + "\u{295}-\u{2AF}\u{370}-\u{373}\u{376}\u{377}\u{37B}-\u{37D}\u{37F}\u{386}\u{388}-\u{38A}"
    + "\u{38C}\u{38E}-\u{3A1}\u{3A3}-\u{3F5}\u{3F7}-\u{481}\u{48A}-\u{52F}\u{531}-\u{556}"
    + "\u{10A0}-\u{10C5}\u{13A0}-\u{13F5}\u{13F8}-\u{13FD}\u{1C90}-\u{1CBA}\u{1CBD}-\u{1CBF}"
    + "\u{1D00}-\u{1D2B}\u{1D6B}-\u{1D77}\u{1D79}-\u{1D9A}\u{1E00}-\u{1F15}\u{1F18}-\u{1F1D}"
    + "\u{1F20}-\u{1F45}\u{1F48}-\u{1F4D}\u{1F50}-\u{1F57}\u{1F59}\u{1F5B}\u{1F5D}"
    + "\u{1F5F}-\u{1F7D}\u{1F80}-\u{1FB4}\u{1FB6}-\u{1FBC}\u{1FBE}\u{1FC2}-\u{1FC4}"
    + "\u{1FC6}-\u{1FCC}\u{1FD0}-\u{1FD3}\u{1FD6}-\u{1FDB}\u{1FE0}-\u{1FEC}\u{1FF2}-\u{1FF4}"
    + "\u{1FF6}-\u{1FFC}\u{2102}\u{2107}\u{210A}-\u{2113}\u{2115}\u{2119}-\u{211D}\u{2124}"
    + "\u{2126}\u{2128}\u{212A}-\u{212D}\u{212F}-\u{2134}\u{2139}\u{213C}-\u{213F}"
    + "\u{2145}-\u{2149}\u{214E}\u{2183}\u{2184}\u{2C00}-\u{2C7B}\u{2C7E}-\u{2CE4}"
    + "\u{2CEB}-\u{2CEE}\u{2CF2}\u{2CF3}\u{A640}-\u{A66D}\u{A680}-\u{A69B}\u{A722}-\u{A76F}"
    + "\u{A771}-\u{A787}\u{A78B}-\u{A78E}\u{AB70}-\u{ABBF}\u{FB00}-\u{FB06}\u{FB13}-\u{FB17}"
    + "\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\u{10400}-\u{1044F}\u{104B0}-\u{104D3}"
    + "\u{104D8}-\u{104FB}\u{10C80}-\u{10CB2}\u{10CC0}-\u{10CF2}\u{118A0}-\u{118DF}"
    + "\u{1E900}-\u{1E943}"
  private static let digits: JSON = ["type": "Digits", "individual_digits": true]
  private static let contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"

  private static func cased(contraction: String, _ digits: String) -> String {
    let first = #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let rest = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    return "\(first)*\(rest)+\(contraction)|\(first)+\(rest)*\(contraction)|\(digits)"
      + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The patterns by the names of llama.cpp (`src/llama-vocab.cpp`).
  static let named: [(pattern: WordPattern, names: [String])] = [
    (
      gpt2,
      [
        "gpt-2", "phi-2", "mpt", "olmo", "jais", "roberta-bpe", "exaone4", "trillion",
        "granite-docling", "gigachat", "a.x-4.0", "mellum",
      ]
    ),
    (llama3, llama3Beginning + ["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"]),
    (qwen2, ["qwen2", "stablelm2", "deepseek-r1-qwen"]),
    (qwen35, ["qwen35"]),
    (
      digitsThenGPT2,
      [
        "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b",
        "mellum2",
      ]
    ),
    (deepSeekCoder, ["deepseek-coder"]),
    (deepSeekLLM, ["deepseek-llm"]),
    (deepSeekV3, ["deepseek-v3", "hunyuan-dense", "joyai-llm"]),
    (o200k, ["gpt-4o", "llama4", "kanana2", "minimax-m2"]),
    (tekken, ["tekken"]),
    (falcon, ["falcon"]),
    (unnamed, ["default"]),
  ]

  /// Names of words whose files begin their texts and take a whole word that is a token.
  static let ggufBeginning = llama3Beginning + ["tekken"]

  private static let llama3Beginning = [
    "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
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

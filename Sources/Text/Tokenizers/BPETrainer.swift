public import AnnealFiles
internal import OrderedCollections

/// Learns a byte-level BPE tokenizer from text.
///
/// The same texts in the same order give the same file, and with the default ties the merges that the
/// `tokenizers` library learns. Only the distinct words and their counts are kept, so the text may be
/// larger than memory.
public struct BPETrainer {
  /// How words are told apart before pairs are counted.
  public enum Pattern: String, Sendable, CaseIterable {
    /// GPT-2's words: digits stay together.
    case gpt2
    /// Llama-3's words: up to three digits stay together.
    case llama3
    /// Qwen2's words: every digit by itself.
    case qwen2
    /// GPT-2's words with every digit and every sign by itself, and the same pieces with and without
    /// a space before them: whatever is told again is cut the same way, which is what a small model
    /// needs to copy it.
    case separate
  }

  /// Which of several pairs that are equally frequent is merged first.
  public enum Ties: Sendable {
    /// The pair of the lowest ids, as `tokenizers` does.
    case lowestIDs
    /// The pair that is greatest byte by byte, as `tiktoken`-style teaching code does.
    case greatestBytes
  }

  private let vocabularySize: Int
  private let minimumFrequency: Int
  let specialTokens: [String]
  private let pattern: Pattern
  private let ties: Ties
  private let preTokenizer: any PreTokenizer
  private let finder: AddedTokenFinder
  private var words = WordCounts()

  /// A trainer of a vocabulary of `vocabularySize` ids: special tokens, 256 bytes, merges.
  ///
  /// - Parameters:
  ///   - minimumFrequency: pairs that occur less often are not merged.
  ///   - specialTokens: tokens that get the first ids and are cut out of the text.
  public init(
    vocabularySize: Int, minimumFrequency: Int = 2, specialTokens: [String] = [],
    pattern: Pattern = .gpt2, ties: Ties = .lowestIDs
  ) {
    self.vocabularySize = vocabularySize
    self.minimumFrequency = max(1, minimumFrequency)
    self.specialTokens = specialTokens
    self.pattern = pattern
    self.ties = ties
    preTokenizer = Self.preTokenizer(pattern)
    finder = AddedTokenFinder(
      specialTokens.enumerated().map { AddedToken(special: $0.element, id: $0.offset) }
    ) { Array($0.content.utf8) }
  }

  private static func preTokenizer(_ pattern: Pattern) -> any PreTokenizer {
    func words(_ scanner: any WordScanner) -> SplitPreTokenizer {
      SplitPreTokenizer(pattern: SplitPattern(scanner), behavior: .isolated)
    }
    switch pattern {
    case .gpt2: return words(GPT2Scanner())
    case .llama3: return words(CL100KScanner(maximumDigits: 3))
    case .qwen2: return words(CL100KScanner(maximumDigits: 1))
    case .separate:
      return PreTokenizerSequence(parts: [
        words(ClassRunScanner(.number, limit: 1)), words(PunctuationScanner()),
        words(GPT2Scanner()),
      ])
    }
  }

  /// Whether no word was counted yet.
  public var isEmpty: Bool { words.count == 0 }

  /// Counts the words of `text`; no word crosses from one text to the next.
  public mutating func feed(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      for part in finder.parts(of: bytes) where part.id == nil {
        var cut = PieceText(NormalizedText(bytes, part.range, tracksSpans: false))
        preTokenizer.split(&cut)
        cut.text.bytes.withUnsafeBufferPointer { bytes in
          for piece in cut.pieces {
            words.add(UnsafeBufferPointer(rebasing: bytes[piece]))
          }
        }
      }
    }
  }

  /// Learns the merges and gives the `tokenizer.json`.
  ///
  /// - Throws: `AnnealError` when the vocabulary has no room for the special tokens and 256 bytes, and
  ///   when a special token is given twice or is what a byte is spelled with, since no two tokens of a
  ///   vocabulary have one name.
  /// - Complexity: O(*n* log *n*) in the pairs of the distinct words.
  public consuming func train() throws -> JSON {
    let reserved = specialTokens.count + 256
    guard vocabularySize >= reserved else {
      throw AnnealError(
        .usage, "a vocabulary of \(vocabularySize) has no room for 256 bytes and special tokens",
        remedy: "Choose at least \(reserved).")
    }
    guard vocabularySize <= 1 << 24 else {
      throw AnnealError(.usage, "a vocabulary of \(vocabularySize) is beyond the limit of 2^24")
    }
    var names = Set(ByteLevelAlphabet.scalars.map { Array(String($0).utf8) })
    for token in specialTokens where !names.insert(Array(token.utf8)).inserted {
      throw AnnealError(
        .usage, "the special token '\(token)' is given twice, or stands for a byte",
        remedy: "Leave it out, or give it a name of several characters.")
    }
    // As `tokenizers` orders its alphabet: by the scalars that stand for the bytes.
    let bytes = (0...255 as ClosedRange<UInt8>).sorted {
      ByteLevelAlphabet.scalars[Int($0)] < ByteLevelAlphabet.scalars[Int($1)]
    }
    var learner = MergeLearner(
      tokens: specialTokens.map { Array($0.utf8) } + bytes.map { [$0] },
      ties: ties, minimumFrequency: minimumFrequency)
    var ids = [Int32](repeating: 0, count: 256)
    for (index, byte) in bytes.enumerated() { ids[Int(byte)] = Int32(specialTokens.count + index) }
    for entry in 0..<words.count {
      let word = words.key(entry)
      let stem = pattern == .separate ? SpaceTwins.stem(word) : word
      learner.add(stem.map { ids[Int($0)] }, count: words.counts[entry])
    }
    learner.learn(size: vocabularySize)
    guard pattern == .separate else { return file(learner.tokens, learner.merges) }
    let twins = SpaceTwins(of: learner, base: reserved, size: vocabularySize)
    return file(twins.tokens, twins.merges)
  }

  private func file(_ tokens: [[UInt8]], _ pairs: [MergeLearner.Pair]) -> JSON {
    let names = tokens.enumerated().map { index, token in
      index < specialTokens.count ? specialTokens[index] : ByteLevelAlphabet.encoded(token)
    }
    var vocabulary = OrderedDictionary<String, JSON>(minimumCapacity: names.count)
    for (id, name) in names.enumerated() { vocabulary[name] = .integer(id) }
    let merges = pairs.map { pair -> JSON in
      [.string(names[Int(pair.left)]), .string(names[Int(pair.right)])]
    }
    let byteLevel: JSON = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
      "use_regex": .bool(pattern == .gpt2 || pattern == .separate),
    ]
    return [
      "version": "1.0", "truncation": nil, "padding": nil,
      "added_tokens": .array(
        specialTokens.enumerated().map { id, token in
          [
            "id": .integer(id), "content": .string(token), "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true,
          ]
        }),
      "normalizer": nil, "pre_tokenizer": preTokenizerJSON(byteLevel), "post_processor": byteLevel,
      "decoder": byteLevel,
      "model": [
        "type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil,
        "end_of_word_suffix": nil, "fuse_unk": false, "byte_fallback": false,
        "ignore_merges": false, "vocab": .object(vocabulary), "merges": .array(merges),
      ],
    ]
  }

  private func preTokenizerJSON(_ byteLevel: JSON) -> JSON {
    if pattern == .gpt2 { return byteLevel }
    if pattern == .separate {
      // No merge has a sign, so that signs stay apart without a step for them; and llama.cpp knows
      // the rest by a name.
      return [
        "type": "Sequence",
        "pretokenizers": [["type": "Digits", "individual_digits": true], byteLevel],
      ]
    }
    let regex = SplitPattern.cl100k(maximumDigits: pattern == .llama3 ? 3 : 1)
    return [
      "type": "Sequence",
      "pretokenizers": [
        [
          "type": "Split", "pattern": ["Regex": .string(regex)], "behavior": "Isolated",
          "invert": false,
        ],
        byteLevel,
      ],
    ]
  }
}

extension AddedToken {
  /// A special token that is found as it is written.
  init(special content: String, id: Int) {
    self.id = id
    self.content = content
    isSpecial = true
  }
}

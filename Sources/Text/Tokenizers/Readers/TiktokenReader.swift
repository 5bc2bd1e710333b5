internal import AnnealFiles

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Rank files of tiktoken: a line for each token, its bytes in Base64 and its rank, which is its id.
///
/// Ranks that are left out are no ids; special tokens follow the last rank, as in tiktoken.
///
/// Such a file holds neither the pattern of words nor the special tokens: those are the family's,
/// which the folder's configuration or else the number of ranks tells.
enum TiktokenReader: TokenizerReader {
  static func file(in folder: String) -> String? {
    let file = folder + "/tokenizer.model"
    if Folder.holdsFile(file) { return file }
    return Folder.names(in: folder).first { $0.hasSuffix(".tiktoken") }.map { folder + "/" + $0 }
  }

  static func recognizes(_ path: String, start: ArraySlice<UInt8>) -> Bool {
    let line = start.prefix { $0 != 0x0A }.filter { $0 != 0x0D }
    return entry(line[...]) != nil
  }

  static func read(_ path: String, beside folder: TokenizerFolder) throws -> TokenizerContents {
    let file = try MappedFile(path: path, code: .model)
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    let ranks = try ranks(bytes, file: path)
    let family = TiktokenFamily(
      count: (ranks.map(\.rank).max() ?? -1) + 1, named: try folder.family())
    let added = family.specials.map { AddedToken(special: $0.token, id: $0.id) }
    let spelled = ranks.map { token, rank in
      TokenizerSource.Entry(token: Array(ByteLevelAlphabet.encoded(token).utf8), id: rank)
    }
    let beginning = family.beginning.flatMap { name in added.first { $0.content == name } }
    let document = TokenizerDocument.byteLevel(
      family.pattern, entries: spelled, merges: merges(ranks), added: added, ignoresMerges: true,
      before: beginning.map { [($0.content, $0.id)] } ?? [])
    var configuration: [(String, JSON)] = []
    if let name = family.beginning { configuration.append(("bos_token", .string(name))) }
    if let name = family.end { configuration.append(("eos_token", .string(name))) }
    return TokenizerContents(source: document.text(), configuration: configuration)
  }

  /// A line's bytes and rank; nil when it is none.
  private static func entry(_ line: ArraySlice<UInt8>) -> (token: [UInt8], rank: Int)? {
    guard let space = line.firstIndex(of: 0x20), space > line.startIndex,
      let token = Data(base64Encoded: Data(line[..<space])),
      let rank = Int(String(decoding: line[(space + 1)...], as: UTF8.self)), rank >= 0,
      rank < Int(Int32.max), !token.isEmpty
    else { return nil }
    return (Array(token), rank)
  }

  private static func ranks(
    _ bytes: [UInt8], file: String
  ) throws -> [(token: [UInt8], rank: Int)] {
    var ranks: [(token: [UInt8], rank: Int)] = []
    for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      .enumerated()
    {
      let line = line.last == 0x0D ? line.dropLast() : line
      if line.isEmpty { continue }
      guard let entry = entry(line), entry.token.count <= PieceVocabulary.maximumPieceBytes else {
        throw AnnealError(
          .model, "a line of ranks is a token in Base64, a space and a whole number",
          at: .init(file: file, line: number + 1), remedy: broken)
      }
      ranks.append(entry)
    }
    try check(ranks, file: file)
    return ranks
  }

  private static let broken = "The file is cut off or changed; fetch it again."

  /// Every byte must have a rank, or some text would have no ids; and no two lines may contradict.
  private static func check(_ ranks: [(token: [UInt8], rank: Int)], file: String) throws {
    func fault(_ message: String) -> AnnealError {
      AnnealError(.model, message, at: .init(file: file), remedy: broken)
    }
    var tokens: Set<[UInt8]> = []
    var taken: [Int: [UInt8]] = [:]
    for (token, rank) in ranks {
      let name = ByteLevelAlphabet.encoded(token)
      guard tokens.insert(token).inserted else { throw fault("the token '\(name)' stands twice") }
      if let other = taken.updateValue(token, forKey: rank) {
        throw fault(
          "the rank \(rank) is that of two tokens, '\(ByteLevelAlphabet.encoded(other))' and "
            + "'\(name)'")
      }
    }
    for byte in 0...255 as ClosedRange<UInt8> where !tokens.contains([byte]) {
      let digits = String(byte, radix: 16, uppercase: true)
      throw fault(
        "the byte 0x\(byte < 16 ? "0" : "")\(digits) has no rank; each of the 256 has one")
    }
  }

  /// tiktoken merges the neighbours that together are the token of the lowest rank, whatever its
  /// parts; so every way to cut a token into two tokens is a merge.
  private static func merges(_ ranks: [(token: [UInt8], rank: Int)]) -> [TokenizerSource.Pair] {
    var ids = ByteTable(capacity: ranks.count)
    for (token, rank) in ranks {
      token.withUnsafeBufferPointer { ids.set($0, Int32(truncatingIfNeeded: rank)) }
    }
    return ranks.sorted { $0.rank < $1.rank }.flatMap { token, _ in
      MergePairs.of(token, in: ids, atCharacters: false).map { pair in
        .init(
          left: Array(ByteLevelAlphabet.encoded(pair.left).utf8),
          right: Array(ByteLevelAlphabet.encoded(pair.right).utf8))
      }
    }
  }
}

/// What a rank file leaves out.
struct TiktokenFamily {
  let pattern: WordPattern
  let specials: [(token: String, id: Int)]
  var beginning: String?
  var end: String?

  /// The family with `count` ranks, or that a folder calls `name`; one that is not known is read as
  /// Llama-3's, whose special tokens follow the last rank.
  init(count: Int, named name: String? = nil) {
    if name?.lowercased().hasPrefix("llama4") == true || count == 200_000 {
      pattern = .o200k
      specials = Self.numbered(from: count, Self.llama4)
      beginning = "<|begin_of_text|>"
      end = "<|end_of_text|>"
      return
    }
    switch count {
    case 50_256:
      // GPT-2 (r50k_base).
      pattern = .gpt2
      specials = [("<|endoftext|>", 50_256)]
      end = "<|endoftext|>"
    case 100_256:
      // cl100k_base.
      pattern = .llama3
      specials = [
        ("<|endoftext|>", 100_257), ("<|fim_prefix|>", 100_258), ("<|fim_middle|>", 100_259),
        ("<|fim_suffix|>", 100_260), ("<|endofprompt|>", 100_276),
      ]
      end = "<|endoftext|>"
    case 199_998:
      // o200k_base.
      pattern = .o200k
      specials = [("<|endoftext|>", 199_999), ("<|endofprompt|>", 200_018)]
      end = "<|endoftext|>"
    case 151_643:
      // Qwen.
      pattern = .qwen2
      specials = Self.numbered(
        from: count,
        ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" })
      end = "<|endoftext|>"
    default:
      pattern = .llama3
      specials = Self.numbered(from: count, Self.llama3)
      beginning = "<|begin_of_text|>"
      end = "<|end_of_text|>"
    }
  }

  private static func numbered(from first: Int, _ names: [String]) -> [(token: String, id: Int)] {
    names.enumerated().map { ($1, first + $0) }
  }

  /// Llama-4's 2,048 special tokens (meta-llama/llama-models, `models/llama4/tokenizer.py`).
  private static let llama4: [String] = {
    func reserved(_ name: String, _ numbers: Range<Int>) -> [String] {
      numbers.map { "<|\(name)reserved_special_token_\($0)|>" }
    }
    let basic = [
      "<|begin_of_text|>", "<|end_of_text|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
    ]
    let text =
      ["<|header_start|>", "<|header_end|>", "<|eom|>", "<|eot|>", "<|step|>"]
      + reserved("text_post_train_", 0..<6)
      + ["<|python_start|>", "<|python_end|>", "<|finetune_right_pad|>"]
      + reserved("text_post_train_", 8..<69)
    let vision =
      ["<|image_start|>", "<|image_end|>"] + reserved("vision_", 0..<2)
      + ["<|tile_x_separator|>", "<|tile_y_separator|>"] + reserved("vision_", 2..<6)
      + ["<|image|>"] + reserved("vision_", 6..<7) + ["<|patch|>"] + reserved("vision_", 7..<1048)
    let reasoning =
      reserved("reasoning_", 0..<8)
      + ["<|reasoning_thinking_start|>", "<|reasoning_thinking_end|>"]
    let named = basic + text + vision + reasoning
    return named + reserved("", 0..<2048 - named.count)
  }()

  /// Llama-3.1's 256 special tokens; Llama-3 gives the same ids to those that it uses.
  private static let llama3: [String] =
    [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>",
      "<|reserved_special_token_1|>", "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>",
      "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
    ] + (3..<248).map { "<|reserved_special_token_\($0)|>" }
}

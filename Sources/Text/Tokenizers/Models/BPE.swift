internal import AnnealFiles

/// Byte-pair encoding (Sennrich and others, 2016, arXiv:1508.07909) over bytes, as GPT-2 does, or
/// over characters with bytes to fall back on, as SentencePiece does.
///
/// The dropout of merges that a file may ask for is for training tokenizers; ids here are always
/// the same for the same text.
///
/// SentencePiece merges by the score of what comes out, where a file lists pairs in one order. What was
/// read from its own file says in the member `"sentencepiece": {"ties": [7], "unused": [5]}` which
/// tokens score as much as the one before them in the list, so that the leftmost of such pairs is merged,
/// and which are taken apart again into what they were merged from.
struct BPE: TokenModel {
  let vocabulary: Vocabulary
  let seam: [UInt8]
  private let merges: MergeTable
  private let isByteLevel: Bool
  /// Whether a piece that is a token as a whole is not cut.
  private let ignoresMerges: Bool
  /// Whether neighbouring unknown characters are one unknown token.
  private let fusesUnknown: Bool
  private let unknown: Int32?
  /// The id of each byte: itself in a byte-level vocabulary, `<0x0A>` with byte fallback; else -1.
  private let byteIDs: [Int32]
  private let fallsBackToBytes: Bool
  /// Tokens that are taken apart again.
  private let unused: Set<Int32>
  private let continuingPrefix: [UInt8]
  private let endSuffix: [UInt8]

  init(_ source: TokenModelSource) throws {
    let json = source.json
    let vocabulary = try Vocabulary(
      source.entries, isByteLevel: source.isByteLevel, file: source.file)
    self.vocabulary = vocabulary
    isByteLevel = source.isByteLevel
    ignoresMerges = json["ignore_merges"]?.bool ?? false
    fusesUnknown = json["fuse_unk"]?.bool ?? false
    fallsBackToBytes = json["byte_fallback"]?.bool ?? false
    unknown = source.json["unk_token"]?.string.flatMap {
      source.unknown(in: vocabulary, default: $0)
    }
    unused = Set(Self.ids(json, "unused"))
    continuingPrefix = Array((json["continuing_subword_prefix"]?.string ?? "").utf8)
    endSuffix = Array((json["end_of_word_suffix"]?.string ?? "").utf8)
    byteIDs = (0...255 as ClosedRange<UInt8>).map { byte in
      vocabulary.ids[source.isByteLevel ? [byte] : byteToken(byte)] ?? -1
    }
    merges = try Self.merges(source, vocabulary, prefixLength: continuingPrefix.count)
    // Where tokens are taken apart depends on all of the text.
    seam = source.isByteLevel || !unused.isEmpty ? [] : Self.seam(source, vocabulary)
  }

  /// The ids in a list of the member `sentencepiece`.
  private static func ids(_ json: JSON, _ key: String) -> [Int32] {
    (json["sentencepiece"]?[key]?.array ?? []).compactMap(\.integer)
      .map { Int32(truncatingIfNeeded: $0) }
  }

  private static func merges(
    _ source: TokenModelSource, _ vocabulary: Vocabulary, prefixLength: Int
  ) throws -> MergeTable {
    var table = MergeTable(capacity: source.merges.count)
    let isScored = source.json["sentencepiece"] != nil
    let ties = Set(ids(source.json, "ties"))
    var (rank, last) = (-1, Token.none)
    for (number, pair) in source.merges.enumerated() {
      if vocabulary.isUnspellable(pair.left) || vocabulary.isUnspellable(pair.right) { continue }
      guard let left = vocabulary.lookupKey(pair.left), let leftID = vocabulary.ids[left],
        let right = vocabulary.lookupKey(pair.right), let rightID = vocabulary.ids[right],
        let new = vocabulary.ids[left + right.dropFirst(prefixLength)]
      else {
        let names = [pair.left, pair.right].map { String(decoding: $0, as: UTF8.self) }
        throw AnnealError(
          .model, "'\(names[0])' and '\(names[1])' or what they merge to is not in the vocabulary",
          at: .init(file: source.file, field: "model.merges[\(number)]"))
      }
      if !(isScored && (new == last || last != Token.none && ties.contains(new))) { rank += 1 }
      last = new
      table.set(leftID, rightID, rank: rank, new: new)
    }
    return table
  }

  /// `▁` when no token has it behind another character, so that no merge crosses from a word's end to
  /// the space before the next.
  private static func seam(_ source: TokenModelSource, _ vocabulary: Vocabulary) -> [UInt8] {
    let space = Array("▁".utf8)
    guard vocabulary.ids[space] != nil, source.json["ignore_merges"]?.bool != true,
      source.json["continuing_subword_prefix"]?.string?.isEmpty ?? true,
      source.json["end_of_word_suffix"]?.string?.isEmpty ?? true
    else { return [] }
    let crosses = source.merges.contains { pair in
      pair.right.starts(with: space) && pair.left.suffix(3) != space[...]
        || isCrossed(pair.left, by: space) || isCrossed(pair.right, by: space)
    }
    return crosses ? [] : space
  }

  private static func isCrossed(_ token: [UInt8], by space: [UInt8]) -> Bool {
    guard token.count > space.count else { return false }
    return (1...token.count - space.count).contains { start in
      token[start...].starts(with: space) && !token[..<start].suffix(3).elementsEqual(space)
    }
  }

  /// Whether a model's vocabulary may be read as bytes, so that no text needs to be spelled with
  /// `ByteLevelAlphabet`: not when affixes are put to what is spelled.
  static func mayReadBytes(_ source: TokenModelSource) -> Bool {
    source.type == "BPE" && source.json["continuing_subword_prefix"]?.string?.isEmpty ?? true
      && source.json["end_of_word_suffix"]?.string?.isEmpty ?? true
      && (source.json["byte_fallback"]?.bool != true || spellsAllBytes(source.entries))
  }

  /// Whether each byte has a token; else byte fallback sees how a byte is spelled.
  private static func spellsAllBytes(_ entries: [TokenizerSource.Entry]) -> Bool {
    let short = Set(entries.lazy.map(\.token).filter { $0.count <= 2 })
    return (0...255 as ClosedRange<UInt8>).allSatisfy {
      short.contains(ByteLevelAlphabet.spelling(of: $0))
    }
  }

  func tokenize(
    _ piece: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace, into output: inout [Token]
  ) {
    let isCached = unused.isEmpty && piece.count <= WordCache.maximumLength
    if isCached, workspace.cache.append(piece, to: &output) { return }
    let start = output.count
    if ignoresMerges, let id = vocabulary.ids[piece] {
      output.append(Token(id: id, length: Int32(truncatingIfNeeded: piece.count)))
    } else {
      workspace.symbols.tokens.removeAll(keepingCapacity: true)
      fill(&workspace.symbols.tokens, piece)
      if unused.isEmpty {
        workspace.symbols.merge(by: merges)
      } else {
        let pairs = workspace.symbols.merge(by: merges, noting: unused)
        let merged = workspace.symbols.tokens
        workspace.symbols.tokens = merged.flatMap { partsInUse($0, pairs) }
      }
      output.append(contentsOf: workspace.symbols.tokens)
    }
    if isCached { workspace.cache.keep(piece, output[start...]) }
  }

  /// The symbols that merging starts from.
  private func fill(_ symbols: inout [Token], _ piece: UnsafeBufferPointer<UInt8>) {
    if isByteLevel, unknown == nil {
      for byte in piece where byteIDs[Int(byte)] >= 0 {
        symbols.append(Token(id: byteIDs[Int(byte)], length: 1))
      }
      return
    }
    // An unknown token comes when what follows it is known, and so behind bytes, as in `tokenizers`.
    var pending: Token?
    var index = 0
    while index < piece.count {
      let length = min(isByteLevel ? 1 : utf8Length(lead: piece[index]), piece.count - index)
      let character = UnsafeBufferPointer(rebasing: piece[index..<index + length])
      let (isFirst, isLast) = (index == 0, index + length == piece.count)
      index += length
      let size = Int32(truncatingIfNeeded: length)
      if let id = id(of: character, isFirst: isFirst, isLast: isLast) {
        if let token = pending.take() { symbols.append(token) }
        symbols.append(Token(id: id, length: size))
      } else if fallsBackToBytes, let bytes = byteIDs(of: character, isFirst, isLast) {
        for id in bytes { symbols.append(Token(id: id, length: 1)) }
      } else if let unknown {
        if fusesUnknown, let token = pending {
          pending = Token(id: unknown, length: token.length + size)
        } else {
          if let token = pending { symbols.append(token) }
          pending = Token(id: unknown, length: size)
        }
      }
    }
    if let pending { symbols.append(pending) }
  }

  /// The ids of a character's bytes, of those of its affixes too; nil when one of them has none.
  private func byteIDs(
    of character: UnsafeBufferPointer<UInt8>, _ isFirst: Bool, _ isLast: Bool
  ) -> [Int32]? {
    var ids: [Int32] = []
    let affixes = (before: isFirst ? [] : continuingPrefix, behind: isLast ? endSuffix : [])
    for byte in affixes.before + character + affixes.behind {
      let id = byteIDs[Int(byte)]
      if id < 0 { return nil }
      ids.append(id)
    }
    return ids
  }

  /// A token, or the tokens that it was merged from when it is not in use.
  private func partsInUse(
    _ token: Token, _ pairs: [Int32: SymbolBuffer.Pair]
  ) -> [Token] {
    guard unused.contains(token.id), let pair = pairs[token.id] else { return [token] }
    // A pair stands for its token wherever that came up.
    let left = Int32(truncatingIfNeeded: vocabulary.tokens[Int(pair.left)]?.utf8.count ?? 0)
    return partsInUse(Token(id: pair.left, length: left), pairs)
      + partsInUse(Token(id: pair.right, length: token.length - left), pairs)
  }

  private func id(
    of character: UnsafeBufferPointer<UInt8>, isFirst: Bool, isLast: Bool
  ) -> Int32? {
    let prefix = isFirst ? [] : continuingPrefix
    let suffix = isLast ? endSuffix : []
    if prefix.isEmpty, suffix.isEmpty { return vocabulary.ids[character] }
    return vocabulary.ids[prefix + character + suffix]
  }
}

/// The token that stands for a byte in vocabularies with byte fallback, such as `<0x0A>`.
func byteToken(_ byte: UInt8) -> [UInt8] {
  let digits = String(byte, radix: 16, uppercase: true)
  return Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8)
}

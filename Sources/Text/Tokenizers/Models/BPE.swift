internal import AnnealFiles

/// Byte-pair encoding (Sennrich and others, 2016, arXiv:1508.07909) over bytes, as GPT-2 does, or
/// over characters with bytes to fall back on, as SentencePiece does.
///
/// The dropout of merges that a file may ask for is for training tokenizers; ids here are always
/// the same for the same text.
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
    unknown = try source.json["unk_token"]?.string.map {
      try source.unknown(in: vocabulary, default: $0)
    }
    continuingPrefix = Array((json["continuing_subword_prefix"]?.string ?? "").utf8)
    endSuffix = Array((json["end_of_word_suffix"]?.string ?? "").utf8)
    byteIDs = (0...255 as ClosedRange<UInt8>).map { byte in
      vocabulary.ids[source.isByteLevel ? [byte] : byteToken(byte)] ?? -1
    }
    merges = try Self.merges(source, vocabulary, prefixLength: continuingPrefix.count)
    seam = source.isByteLevel ? [] : Self.seam(source, vocabulary)
  }

  private static func merges(
    _ source: TokenModelSource, _ vocabulary: Vocabulary, prefixLength: Int
  ) throws -> MergeTable {
    var table = MergeTable(capacity: source.merges.count)
    for (rank, pair) in source.merges.enumerated() {
      if vocabulary.isUnspellable(pair.left) || vocabulary.isUnspellable(pair.right) { continue }
      guard let left = vocabulary.lookupKey(pair.left), let leftID = vocabulary.ids[left],
        let right = vocabulary.lookupKey(pair.right), let rightID = vocabulary.ids[right],
        let new = vocabulary.ids[left + right.dropFirst(prefixLength)]
      else {
        let names = [pair.left, pair.right].map { String(decoding: $0, as: UTF8.self) }
        throw TokenizerSource.fault(
          "'\(names[0])' and '\(names[1])' or what they merge to is not in the vocabulary",
          "model.merges[\(rank)]", source.file)
      }
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
  }

  func tokenize(
    _ piece: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace, into output: inout [Token]
  ) {
    let isCached = piece.count <= WordCache.maximumLength
    if isCached, workspace.cache.append(piece, to: &output) { return }
    let start = output.count
    if ignoresMerges, let id = vocabulary.ids[piece] {
      output.append(Token(id: id, length: Int32(truncatingIfNeeded: piece.count)))
    } else {
      workspace.symbols.tokens.removeAll(keepingCapacity: true)
      fill(&workspace.symbols.tokens, piece)
      workspace.symbols.merge(by: merges)
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
    var isAfterUnknown = false
    var index = 0
    while index < piece.count {
      let length = min(isByteLevel ? 1 : utf8Length(lead: piece[index]), piece.count - index)
      let character = UnsafeBufferPointer(rebasing: piece[index..<index + length])
      if let id = id(of: character, isFirst: index == 0, isLast: index + length == piece.count) {
        symbols.append(Token(id: id, length: Int32(truncatingIfNeeded: length)))
        isAfterUnknown = false
      } else if fallsBackToBytes, character.allSatisfy({ byteIDs[Int($0)] >= 0 }) {
        for byte in character { symbols.append(Token(id: byteIDs[Int(byte)], length: 1)) }
        isAfterUnknown = false
      } else if let unknown {
        if isAfterUnknown, fusesUnknown {
          symbols[symbols.count - 1].length += Int32(truncatingIfNeeded: length)
        } else {
          symbols.append(Token(id: unknown, length: Int32(truncatingIfNeeded: length)))
        }
        isAfterUnknown = true
      }
      index += length
    }
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

internal import AnnealFiles

/// The unigram language model of SentencePiece (Kudo, 2018, arXiv:1804.10959): of all ways to cut a
/// piece the one whose tokens' log-probabilities add up to the most, found with Viterbi's algorithm.
///
/// A character that no token covers costs what the least likely token costs and ten nats more.
/// Neighbouring unknown characters are one unknown token, or with byte fallback the bytes of all of
/// them. Ids here are the likeliest ones; sampling others is for training.
///
/// Sums are of 64 bits, as in `tokenizers`. SentencePiece keeps them in 32, which decides between ways
/// that are nearly as good, and never finds pieces that are no text. What was read from its own file
/// says so in the member `"sentencepiece": {"hidden": [0, 1, 2]}`, the ids of such pieces.
struct Unigram: TokenModel {
  /// How much less likely than the least likely token an unknown character is, in nats.
  private static let unknownPenalty = 10.0

  let vocabulary: Vocabulary
  let seam: [UInt8] = []
  let unknownAsWritten: Int32?
  private let trie: TokenTrie
  /// The log-probability of each id, in nats.
  private let scores: [Double]
  private let unknownScore: Double
  private let unknown: Int32?
  /// Whether sums are kept in 32 bits, and the unknown token is never looked up by its text.
  private let isSentencePiece: Bool
  /// The id of each byte's token, -1 where there is none; empty without byte fallback.
  private let byteIDs: [Int32]

  init(_ source: TokenModelSource) throws {
    let pieces = source.pieces
    let entries = pieces.enumerated().map {
      TokenizerSource.Entry(token: $0.element.token, id: $0.offset)
    }
    let vocabulary = try Vocabulary(entries, isByteLevel: false, file: source.file)
    let exact = source.json["sentencepiece"]
    isSentencePiece = exact != nil
    let hidden = Set((exact?["hidden"]?.array ?? []).compactMap(\.integer))
    let visible = entries.filter { !hidden.contains($0.id) }
    var trie = TokenTrie(capacity: pieces.count)
    for entry in visible { trie.insert(entry.token, Int32(truncatingIfNeeded: entry.id)) }
    scores = pieces.map(\.score)
    let penalized = (visible.map { pieces[$0.id].score }.min() ?? 0) - Self.unknownPenalty
    unknownScore = isSentencePiece ? Double(Float(penalized)) : penalized
    unknown = try Self.unknown(source)
    unknownAsWritten = unknown
    byteIDs =
      source.json["byte_fallback"]?.bool == true
      ? (0...255 as ClosedRange<UInt8>).map { vocabulary.ids[byteToken($0)] ?? -1 } : []
    self.vocabulary = vocabulary
    self.trie = trie
  }

  private static func unknown(_ source: TokenModelSource) throws -> Int32? {
    guard let member = source.json["unk_id"], !member.isNull else { return nil }
    guard let id = member.integer, source.pieces.indices.contains(id) else {
      throw TokenizerSource.fault(
        "'unk_id' is \(member.text()); expected the place of one of the \(source.pieces.count) tokens",
        "model.unk_id", source.file)
    }
    return Int32(truncatingIfNeeded: id)
  }

  func tokenize(
    _ piece: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace, into output: inout [Token]
  ) {
    let isCached = piece.count <= WordCache.maximumLength
    if isCached, workspace.cache.append(piece, to: &output) { return }
    let start = output.count
    search(piece, &workspace.paths)
    for cut in cuts(of: workspace.paths) { append(cut, of: piece, to: &output) }
    if isCached { workspace.cache.keep(piece, output[start...]) }
  }

  /// Fills in the best way to each place in the piece, from left to right.
  private func search(_ piece: UnsafeBufferPointer<UInt8>, _ paths: inout [BestPath]) {
    paths.removeAll(keepingCapacity: true)
    paths.append(contentsOf: repeatElement(BestPath(), count: piece.count + 1))
    var start = 0
    while start < piece.count {
      let character = min(utf8Length(lead: piece[start]), piece.count - start)
      var isCovered = false
      var node = TokenTrie.root
      var index = start
      while index < piece.count, let next = trie.child(of: node, piece[index]) {
        node = next
        index += 1
        guard let id = trie.token(at: node) else { continue }
        offer(id, scores[Int(id)], start..<index, &paths)
        if index == start + character { isCovered = true }
      }
      if !isCovered { offer(unknown ?? -1, unknownScore, start..<start + character, &paths) }
      start += character
    }
  }

  /// Takes a token as the last one of the way to where it ends, when that is better than what is known.
  @inline(__always)
  private func offer(_ id: Int32, _ score: Double, _ range: Range<Int>, _ paths: inout [BestPath]) {
    var total = paths[range.lowerBound].score + score
    if isSentencePiece { total = Double(Float(total)) }
    let end = range.upperBound
    guard paths[end].start < 0 || total > paths[end].score else { return }
    paths[end] = BestPath(score: total, start: range.lowerBound, id: id)
  }

  /// A token of the best way.
  private struct Cut {
    var range: Range<Int>
    var isUnknown: Bool
  }

  /// The tokens of the best way to the end, neighbouring unknown ones as one.
  private func cuts(of paths: [BestPath]) -> [Cut] {
    var cuts: [Cut] = []
    var end = paths.count - 1
    while end > 0 {
      let path = paths[end]
      let isUnknown = path.id == unknown ?? -1
      if isUnknown, let last = cuts.last, last.isUnknown {
        cuts[cuts.count - 1].range = path.start..<last.range.upperBound
      } else {
        cuts.append(Cut(range: path.start..<end, isUnknown: isUnknown))
      }
      end = path.start
    }
    return cuts.reversed()
  }

  private func append(
    _ cut: Cut, of piece: UnsafeBufferPointer<UInt8>, to output: inout [Token]
  ) {
    let range = cut.range
    let text = UnsafeBufferPointer(rebasing: piece[range])
    let length = Int32(truncatingIfNeeded: range.count)
    if !(isSentencePiece && cut.isUnknown), let id = vocabulary.ids[text] {
      output.append(Token(id: id, length: length))
    } else if !byteIDs.isEmpty, text.allSatisfy({ byteIDs[Int($0)] >= 0 }) {
      for byte in text.dropLast() { output.append(Token(id: byteIDs[Int(byte)], length: -length)) }
      if let last = text.last { output.append(Token(id: byteIDs[Int(last)], length: length)) }
    } else if let unknown {
      output.append(Token(id: unknown, length: length))
    } else {
      output.append(Token(id: Token.none, length: length))
    }
  }
}

/// The best way to a place in a piece: its score in nats, and its last token.
struct BestPath: Sendable {
  var score = 0.0
  /// Where the last token begins, in bytes; negative while no way is known.
  var start = -1
  var id: Int32 = -1
}

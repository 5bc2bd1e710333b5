internal import AnnealFiles

/// WordPiece as BERT uses it (Devlin and others, 2019, arXiv:1810.04805): a word is cut from left to
/// right, each time with the longest token that fits; a word that cannot be cut is one unknown token.
struct WordPiece: TokenModel {
  let vocabulary: Vocabulary
  let seam: [UInt8] = []
  private let unknown: Int32
  /// Longer words are unknown; in characters.
  private let maximumLength: Int
  /// Tokens that may begin a word.
  private let beginnings: TokenTrie
  /// Tokens that may go on with one, without their prefix.
  private let continuations: TokenTrie

  init(_ source: TokenModelSource) throws {
    vocabulary = try Vocabulary(source.entries, isByteLevel: false, file: source.file)
    unknown = source.unknown(in: vocabulary, default: "[UNK]") ?? Token.none
    maximumLength = source.json["max_input_chars_per_word"]?.integer ?? 100
    let prefix = Array((source.json["continuing_subword_prefix"]?.string ?? "##").utf8)
    var (beginnings, continuations) = (TokenTrie(capacity: source.entries.count), TokenTrie())
    for entry in source.entries {
      let id = Int32(truncatingIfNeeded: entry.id)
      beginnings.insert(entry.token, id)
      if entry.token.starts(with: prefix) {
        continuations.insert(entry.token.dropFirst(prefix.count), id)
      }
    }
    self.beginnings = beginnings
    self.continuations = continuations
  }

  func tokenize(
    _ piece: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace, into output: inout [Token]
  ) {
    let first = output.count
    var index = 0
    let isTooLong = piece.lazy.filter { $0 & 0xC0 != 0x80 }.count > maximumLength
    while !isTooLong, index < piece.count {
      let trie = index == 0 ? beginnings : continuations
      guard let token = trie.longestToken(in: piece, from: index) else { break }
      output.append(Token(id: token.id, length: Int32(truncatingIfNeeded: token.length)))
      index += token.length
    }
    if index == piece.count { return }
    output.removeSubrange(first...)
    output.append(Token(id: unknown, length: Int32(truncatingIfNeeded: piece.count)))
  }
}

/// A vocabulary of whole words: a word that is not in it is an unknown token.
struct WordLevel: TokenModel {
  let vocabulary: Vocabulary
  let seam: [UInt8] = []
  private let unknown: Int32

  init(_ source: TokenModelSource) throws {
    vocabulary = try Vocabulary(source.entries, isByteLevel: false, file: source.file)
    unknown = source.unknown(in: vocabulary, default: "<unk>") ?? Token.none
  }

  func tokenize(
    _ piece: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace, into output: inout [Token]
  ) {
    let id = vocabulary.ids[piece] ?? unknown
    output.append(Token(id: id, length: Int32(truncatingIfNeeded: piece.count)))
  }
}

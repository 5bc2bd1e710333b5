internal import AnnealFiles

/// Reads what a model says of one moment of sound after the other (Graves and others, 2006): equal
/// neighbours are one token, and a blank between two keeps them apart.
struct CTCDecoder: TokenDecoder {
  private let cleansUp: Bool
  private let dropBlank: ReplaceDecoder
  private let spaceWords: ReplaceDecoder

  init(_ part: TokenizerPart) {
    cleansUp = part.flag("cleanup", default: true)
    dropBlank = ReplaceDecoder(literal: part.json["pad_token"]?.string ?? "<pad>", content: "")
    spaceWords = ReplaceDecoder(
      literal: part.json["word_delimiter_token"]?.string ?? "|", content: " ")
  }

  func decode(_ pieces: [String]) -> [String] {
    var distinct: [String] = []
    for piece in pieces {
      if let last = distinct.last, last.utf8.elementsEqual(piece.utf8) { continue }
      distinct.append(piece)
    }
    var texts = dropBlank.decode(distinct)
    if cleansUp { texts = spaceWords.decode(texts.map(EnglishCleanup.apply)) }
    return texts.filter { !$0.isEmpty }
  }
}

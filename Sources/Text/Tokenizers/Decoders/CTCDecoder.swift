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

  private struct Body: PieceStream.Body {
    let decoder: CTCDecoder
    var last: String?

    mutating func push(_ piece: String, into output: inout [PiecePart]) {
      if let last, last.utf8.elementsEqual(piece.utf8) { return }
      last = piece
      var text = decoder.dropBlank.apply(piece)
      if decoder.cleansUp { text = decoder.spaceWords.apply(EnglishCleanup.apply(text)) }
      if !text.isEmpty { output.append(PiecePart(text)) }
    }
  }

  func stream(longestRun: Int) -> any DecoderStream { PieceStream(Body(decoder: self)) }
}

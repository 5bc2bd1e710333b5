/// Joins what goes on with a word to it and puts spaces between words.
struct WordPieceDecoder: TokenDecoder {
  /// What marks a token that goes on with a word, such as `##`.
  let prefix: [UInt8]
  let cleansUp: Bool

  private struct Body: PieceStream.Body {
    let decoder: WordPieceDecoder
    var isFirst = true

    mutating func push(_ piece: String, into output: inout [PiecePart]) {
      var text = piece
      if !isFirst {
        if piece.utf8.starts(with: decoder.prefix) {
          text = String(decoding: piece.utf8.dropFirst(decoder.prefix.count), as: UTF8.self)
        } else {
          text = " " + piece
        }
      }
      isFirst = false
      output.append(PiecePart(decoder.cleansUp ? EnglishCleanup.apply(text) : text))
    }
  }

  func stream(longestRun: Int) -> any DecoderStream { PieceStream(Body(decoder: self)) }
}

/// Takes back the spaces that cutting English into words put before its signs and contractions.
enum EnglishCleanup {
  private static let changes: [(String, String)] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ]
  private static let steps = changes.map(ReplaceDecoder.init(literal:content:))

  static func apply(_ text: String) -> String {
    steps.reduce(text) { $1.apply($0) }
  }
}

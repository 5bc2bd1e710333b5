/// Joins what goes on with a word to it and puts spaces between words.
struct WordPieceDecoder: TokenDecoder {
  /// What marks a token that goes on with a word, such as `##`.
  let prefix: [UInt8]
  let cleansUp: Bool

  func decode(_ pieces: [String]) -> [String] {
    pieces.enumerated().map { index, piece in
      var bytes = Array(piece.utf8)
      if index > 0 {
        if bytes.starts(with: prefix) {
          bytes.removeFirst(prefix.count)
        } else {
          bytes.insert(0x20, at: 0)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      return cleansUp ? EnglishCleanup.apply(text) : text
    }
  }
}

/// Takes back the spaces that cutting English into words put before its signs and contractions.
enum EnglishCleanup {
  private static let changes: [(String, String)] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ]
  private static let steps = changes.map(ReplaceDecoder.init(literal:content:))

  static func apply(_ text: String) -> String {
    steps.reduce([text]) { $1.decode($0) }.joined()
  }
}

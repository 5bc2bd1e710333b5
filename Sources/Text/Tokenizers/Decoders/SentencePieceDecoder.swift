internal import AnnealFiles

/// SentencePiece's way from pieces to text: `▁` is a space, spaces that the normalization put in front
/// go, byte pieces join to characters, and the unknown piece shows as a surface of its own (` ⁇ `).
///
/// It stands in a `Sequence`, for the steps that `tokenizers` takes instead, in the member
/// `"sentencepiece": {"unknown": "<unk>", "surface": " ⁇ ", "add_dummy_prefix": true,
/// "remove_extra_whitespaces": true}`.
struct SentencePieceDecoder: TokenDecoder {
  private let unknown: String?
  private let surface: String
  private let addsSpace: Bool
  private let removesExtraSpaces: Bool
  private let readsBytes: Bool

  /// The decoder that a `Sequence` says in the member `sentencepiece`; nil when it has none.
  init?(_ part: TokenizerPart) throws {
    guard let settings = part.json["sentencepiece"], settings.object != nil else { return nil }
    unknown = settings["unknown"]?.string
    surface = settings["surface"]?.string ?? " ⁇ "
    addsSpace = settings["add_dummy_prefix"]?.bool ?? true
    removesExtraSpaces = settings["remove_extra_whitespaces"]?.bool ?? true
    readsBytes = try part.parts("decoders").contains { $0.json["type"]?.string == "ByteFallback" }
  }

  private struct Body: PieceStream.Body {
    let decoder: SentencePieceDecoder
    /// Bytes that may yet become a character.
    var run: [UInt8] = []
    var hasText = false
    var isAtStart: Bool

    init(_ decoder: SentencePieceDecoder) {
      self.decoder = decoder
      isAtStart = decoder.addsSpace || decoder.removesExtraSpaces
    }

    mutating func push(_ piece: String, into output: inout [PiecePart]) {
      if decoder.readsBytes, let byte = ByteFallbackDecoder.byte(piece) {
        run.append(byte)
        return tell(characters(isAtEnd: false), &output)
      }
      tell(characters(isAtEnd: true), &output)
      if hasText { isAtStart = false }
      if piece == decoder.unknown { return tell(decoder.surface, &output) }
      var scalars = piece.unicodeScalars[...]
      if isAtStart, scalars.first == "▁" {
        scalars = scalars.dropFirst()
        // One space was put in front; more of them are the text's unless it may begin with none.
        if !decoder.removesExtraSpaces { isAtStart = false }
      }
      var text = String.UnicodeScalarView()
      for scalar in scalars { text.append(scalar == "▁" ? " " : scalar) }
      tell(String(text), &output)
    }

    mutating func finish(into output: inout [PiecePart]) {
      tell(characters(isAtEnd: true), &output)
      output.append(PiecePart(""))
    }

    private mutating func tell(_ text: String, _ output: inout [PiecePart]) {
      if text.isEmpty { return }
      hasText = true
      output.append(PiecePart(text, endsPiece: false))
    }

    /// Joins bytes to characters; each that is part of none becomes U+FFFD.
    private mutating func characters(isAtEnd: Bool) -> String {
      var text: [UInt8] = []
      var place = 0
      while place < run.count {
        let end = place + utf8Length(lead: run[place])
        if end <= run.count, String(validating: run[place..<end], as: UTF8.self) != nil {
          text += run[place..<end]
          place = end
        } else if end <= run.count || isAtEnd {
          text += [0xEF, 0xBF, 0xBD]
          place += 1
        } else {
          break
        }
      }
      run.removeFirst(place)
      return String(decoding: text, as: UTF8.self)
    }
  }

  func stream(longestRun: Int) -> any DecoderStream { PieceStream(Body(self)) }
}

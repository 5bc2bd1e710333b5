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

  func decode(_ pieces: [String]) -> [String] {
    var text: [UInt8] = []
    var run: [UInt8] = []
    var isAtStart = addsSpace || removesExtraSpaces
    for piece in pieces {
      if readsBytes, let byte = ByteFallbackDecoder.byte(piece) {
        run.append(byte)
        continue
      }
      Self.flush(&run, into: &text)
      if !text.isEmpty { isAtStart = false }
      if piece == unknown {
        text += surface.utf8
        continue
      }
      var scalars = piece.unicodeScalars[...]
      if isAtStart, scalars.first == "▁" {
        scalars = scalars.dropFirst()
        // One space was put in front; more of them are the text's unless it may begin with none.
        if !removesExtraSpaces { isAtStart = false }
      }
      for scalar in scalars {
        text += scalar == "▁" ? [0x20] : Array(String(scalar).utf8)
      }
    }
    Self.flush(&run, into: &text)
    return [String(decoding: text, as: UTF8.self)]
  }

  /// Joins bytes to characters; each that is part of none becomes U+FFFD.
  private static func flush(_ run: inout [UInt8], into text: inout [UInt8]) {
    var place = 0
    while place < run.count {
      let end = place + utf8Length(lead: run[place])
      if end <= run.count, String(validating: run[place..<end], as: UTF8.self) != nil {
        text += run[place..<end]
        place = end
      } else {
        text += [0xEF, 0xBF, 0xBD]
        place += 1
      }
    }
    run.removeAll(keepingCapacity: true)
  }
}

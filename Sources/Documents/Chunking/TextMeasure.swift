public import AnnealText

/// How long a text is: in words, or in a model's tokens.
public struct TextMeasure: Sendable {
  /// What is counted: `words` or `tokens`.
  public let unit: String
  /// The length of a text.
  public let length: @Sendable (String) -> Int

  /// Words: what stands between spaces; each character of scripts that write none counts as one.
  public static let words = TextMeasure(unit: "words") { text in
    var count = 0
    var isInside = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace {
        isInside = false
      } else if isWritten(withoutSpaces: scalar) {
        count += 1
        isInside = false
      } else if !isInside {
        count += 1
        isInside = true
      }
    }
    return count
  }

  /// Tokens of `tokenizer`.
  public static func tokens(of tokenizer: Tokenizer) -> TextMeasure {
    TextMeasure(unit: "tokens") { tokenizer.encode($0, addSpecialTokens: false).count }
  }

  /// Chinese, Japanese, Thai, Lao, Khmer, Burmese.
  static func isWritten(withoutSpaces scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF:
      true
    default: false
    }
  }
}

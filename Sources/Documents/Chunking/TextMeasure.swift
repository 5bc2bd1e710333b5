public import AnnealText

/// How long a text is: in words, or in a model's tokens.
public struct TextMeasure: Sendable {
  /// What is counted: `words` or `tokens`.
  public let unit: String
  /// The length of a text.
  public let length: @Sendable (String) -> Int

  /// Words: what stands between spaces; each character of scripts that write none counts as one.
  ///
  /// What is longer than any word, such as data in base64, counts as the words that would fit it.
  public static let words = TextMeasure(unit: "words") { text in
    var count = 0
    var run = 0
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace {
        count += lengthInWords(of: run)
        run = 0
      } else if isWritten(withoutSpaces: scalar) {
        count += lengthInWords(of: run) + 1
        run = 0
      } else {
        run += 1
      }
    }
    return count + lengthInWords(of: run)
  }

  /// No word has more letters.
  static let longestWord = 40

  /// How many words `count` characters without a space are.
  private static func lengthInWords(of count: Int) -> Int {
    count > longestWord ? (count + 5) / 6 : min(count, 1)
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

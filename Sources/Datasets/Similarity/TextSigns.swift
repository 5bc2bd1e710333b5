/// Signs without which a text says something else: `a < b` and `a > b`, `$20` and `€20`, `-5` and `5`.
///
/// Operators, and the signs of currencies, always are such; what is punctuation as well is by where it
/// stands: the hyphen of a word, the star of a list and the mark that ends a sentence are none.
enum TextSigns {
  /// Whether `value` is a sign, where the scalars next to it are `before` and `after`.
  static func holds(_ value: UInt32, between before: UInt32, _ after: UInt32) -> Bool {
    guard value < 0x80 else { return isSymbol(value) }
    switch UInt8(truncatingIfNeeded: value) {
    case UInt8(ascii: "+"), UInt8(ascii: "<"), UInt8(ascii: "="), UInt8(ascii: ">"),
      UInt8(ascii: "|"), UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "&"),
      UInt8(ascii: "%"), UInt8(ascii: "$"):
      return true
    case UInt8(ascii: "*"), UInt8(ascii: "/"):
      return areSpaces(before, after) || (endsValue(before) && beginsValue(after))
    case UInt8(ascii: "-"):
      return areSpaces(before, after) || after == equals
        // A list's mark has a space behind it; a text's first minus is a sign.
        || (!isWord(before) && before != hyphen && (before != 0x0A || isDigit(after))
          && isWord(after))
    // The opposite, and the sharp of a language's name.
    case UInt8(ascii: "!"): return !isWord(before) && (beginsValue(after) || after == equals)
    case UInt8(ascii: "#"): return isWord(before) && !isWord(after)
    default: return false
    }
  }

  private static let equals = UInt32(UInt8(ascii: "="))
  private static let hyphen = UInt32(UInt8(ascii: "-"))

  private static func areSpaces(_ before: UInt32, _ after: UInt32) -> Bool {
    before == 0x20 && after == 0x20
  }

  /// A letter or digit of ASCII, or anything beyond it.
  private static func isWord(_ value: UInt32) -> Bool {
    switch value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: value >= 0x80
    }
  }

  private static func isDigit(_ value: UInt32) -> Bool { (0x30...0x39).contains(value) }

  /// A word, or a bracket that closes.
  private static func endsValue(_ value: UInt32) -> Bool {
    isWord(value) || value == UInt32(UInt8(ascii: ")")) || value == UInt32(UInt8(ascii: "]"))
  }

  /// A word, or a bracket that opens.
  private static func beginsValue(_ value: UInt32) -> Bool {
    isWord(value) || value == UInt32(UInt8(ascii: "("))
  }

  /// Currencies, arrows and operators beyond ASCII, and those of full width.
  private static func isSymbol(_ value: UInt32) -> Bool {
    switch value {
    case 0xA2...0xA5, 0xAC, 0xB1, 0xD7, 0xF7: true
    case 0x2030, 0x2044, 0x20A0...0x20CF, 0x2190...0x22FF, 0x27C0...0x27EF, 0x2900...0x2AFF: true
    case 0xFF04, 0xFF0B, 0xFF1C...0xFF1E, 0xFFE0...0xFFE6: true
    default: false
    }
  }
}

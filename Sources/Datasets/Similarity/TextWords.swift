/// The words of a text, each as a 64-bit hash: runs of letters and digits in lower case.
///
/// Characters of scripts that put no spaces between words count as words of their own, so that
/// Chinese, Japanese and Thai texts have shingles too. Punctuation and spacing do not count; signs,
/// such as operators and those of currencies, do when they are asked for (see `TextSigns`).
struct TextWords {
  /// The hashes, in the order of the words.
  private(set) var hashes: [UInt64] = []
  /// How many of them are signs.
  private(set) var signs = 0
  /// One hash of all words with a digit, and of the signs, in their order.
  private(set) var figures: UInt64 = 0

  private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01B3

  /// The words of `text`.
  ///
  /// - Parameter signs: whether signs are words as well.
  init(_ text: String, signs: Bool = false) { add(text, signs: signs) }

  /// Adds the words of `text` behind those before.
  private mutating func add(_ text: String, signs: Bool) {
    var word = Self.basis
    var isInWord = false
    var isFigure = false
    var before: UInt32 = 0x0A
    func end(_ hashes: inout [UInt64], _ figures: inout UInt64) {
      guard isInWord else { return }
      let hash = WordHash.mixed(word)
      hashes.append(hash)
      if isFigure { figures = WordHash.mixed(figures ^ hash) }
      (word, isInWord, isFigure) = (Self.basis, false, false)
    }
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      let value = scalar.value
      let lower = value < 0x80 ? Self.ascii[Int(value)] : WordHash.lowercased(scalar)
      switch lower {
      case 0:
        end(&hashes, &figures)
        if signs, value != 0x20, TextSigns.holds(value, between: before, next?.value ?? 0x0A) {
          let hash = WordHash.mixed(UInt64(value) &* Self.prime)
          hashes.append(hash)
          figures = WordHash.mixed(figures ^ hash)
          self.signs += 1
        }
      case _ where value >= 0x0E00 && WordHash.standsAlone(value):
        end(&hashes, &figures)
        hashes.append(WordHash.mixed(UInt64(value) &* Self.prime))
      default:
        word = (word ^ UInt64(lower)) &* Self.prime
        isInWord = true
        isFigure = isFigure || (value >= 0x30 && value <= 0x39)
      }
      before = value
    }
    end(&hashes, &figures)
  }

  /// Letters and digits of ASCII in lower case; 0 for what divides words.
  private static let ascii: [UInt32] = (0..<0x80).map { value in
    let scalar = Unicode.Scalar(UInt8(value))
    guard scalar.properties.isAlphabetic || (0x30...0x39).contains(value) else { return 0 }
    return (0x41...0x5A).contains(value) ? UInt32(value) + 0x20 : UInt32(value)
  }
}

/// What the hashing of words shares.
enum WordHash {
  /// A 64-bit value whose bits all depend on all of `value`'s (the end of SplitMix64).
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A letter, mark or digit in lower case; 0 for what divides words.
  static func lowercased(_ scalar: Unicode.Scalar) -> UInt32 {
    if scalar.value < table.count { return table[Int(scalar.value)] }
    return looked(scalar)
  }

  /// Whether a character is a word by itself: Thai to Khmer, and the ideographs and kana.
  static func standsAlone(_ value: UInt32) -> Bool {
    switch value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: true
    case 0x3040...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
    default: false
    }
  }

  /// The scripts with cases lie below this, but for rare ones.
  private static let table: [UInt32] = (0..<0x2000).map { value in
    Unicode.Scalar(UInt32(value)).map(looked) ?? 0
  }

  private static func looked(_ scalar: Unicode.Scalar) -> UInt32 {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter:
      return properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value
    case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
      .decimalNumber, .otherNumber, .letterNumber:
      return scalar.value
    default: return 0
    }
  }
}

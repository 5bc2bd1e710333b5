/// What a pattern may ask about a scalar.
struct CharacterClass: OptionSet, Sendable {
  let rawValue: UInt16

  /// `\p{L}`.
  static let letter = CharacterClass(rawValue: 1)
  /// `\p{N}`.
  static let number = CharacterClass(rawValue: 2)
  /// `\s`: the property White_Space.
  static let space = CharacterClass(rawValue: 4)
  /// `\p{M}`.
  static let mark = CharacterClass(rawValue: 8)
  /// `\p{P}`.
  static let punctuation = CharacterClass(rawValue: 16)
  /// `\p{S}`.
  static let symbol = CharacterClass(rawValue: 32)
  /// `\w` of UTS 18: alphabetic, marks, decimal digits, connectors, joiners.
  static let word = CharacterClass(rawValue: 64)
  /// `\p{Nd}`.
  static let decimal = CharacterClass(rawValue: 128)
  /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`: what a word may begin with in o200k, capitals or without case.
  static let upper = CharacterClass(rawValue: 256)
  /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`: what a word may go on with there.
  static let lower = CharacterClass(rawValue: 512)
}

/// The classes of every scalar of the basic plane in one table, and of the others by lookup.
///
/// The data is the standard library's Unicode; the table is built on first use.
struct CharacterClasses: Sendable {
  static let shared = CharacterClasses()

  private let table: [UInt16]

  private init() {
    table = (0..<0x10000 as Range<UInt32>).map { value in
      Unicode.Scalar(value).map { Self.classes(of: $0).rawValue } ?? 0
    }
  }

  @inline(__always)
  subscript(value: UInt32) -> CharacterClass {
    if value < 0x10000 { return CharacterClass(rawValue: table[Int(value)]) }
    return Unicode.Scalar(value).map(Self.classes(of:)) ?? []
  }

  private static func classes(of scalar: Unicode.Scalar) -> CharacterClass {
    let properties = scalar.properties
    var classes: CharacterClass = properties.isWhitespace ? .space : []
    switch properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter: classes.formUnion([.letter, .upper])
    case .lowercaseLetter: classes.formUnion([.letter, .lower])
    case .modifierLetter, .otherLetter: classes.formUnion([.letter, .upper, .lower])
    case .decimalNumber: classes.formUnion([.number, .decimal, .word])
    case .letterNumber, .otherNumber: classes.formUnion(.number)
    case .nonspacingMark, .spacingMark, .enclosingMark:
      classes.formUnion([.mark, .word, .upper, .lower])
    case .connectorPunctuation: classes.formUnion([.punctuation, .word])
    case .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      classes.formUnion(.punctuation)
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: classes.formUnion(.symbol)
    default: break
    }
    if properties.isAlphabetic || properties.isJoinControl { classes.formUnion(.word) }
    return classes
  }
}

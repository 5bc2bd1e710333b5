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
  /// `\p{Mn}`.
  static let nonspacingMark = CharacterClass(rawValue: 1024)
  /// `[\p{Cc}\p{Cf}\p{Co}]`: control and format characters, and private ones.
  static let control = CharacterClass(rawValue: 2048)
}

/// The classes of every scalar, from the table of the pinned version of Unicode; built on first use.
struct CharacterClasses: Sendable {
  static let shared = CharacterClasses()

  private let table: ScalarTable<UInt16>

  private init() {
    var values = [UInt16](repeating: 0, count: ScalarTable<UInt16>.size)
    for run in GeneralCategories.runs where run.category != .unassigned {
      let classes = Self.classes(of: run.category).rawValue
      for value in run.scalars { values[Int(value)] = classes }
    }
    for value in Self.spaces { values[value] |= CharacterClass.space.rawValue }
    for value in Array(Self.joiners) + Self.alphabeticSymbols.joined() {
      values[Int(value)] |= CharacterClass.word.rawValue
    }
    table = ScalarTable(values)
  }

  @inline(__always)
  subscript(value: UInt32) -> CharacterClass { CharacterClass(rawValue: table[value]) }

  /// The control characters that are White_Space, beside all separators.
  private static let spaces = [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85]

  /// Join_Control.
  private static let joiners: ClosedRange<UInt32> = 0x200C...0x200D

  /// The rows of symbols that are Alphabetic.
  private static let alphabeticSymbols: [ClosedRange<UInt32>] = [
    0x24B6...0x24E9, 0x1F130...0x1F149, 0x1F150...0x1F169, 0x1F170...0x1F189,
  ]

  /// What Oniguruma takes for `\w` in a set: alphabetic, marks, decimal digits, connectors.
  static let wordRuns: [ClosedRange<UInt32>] =
    ["L", "Nl", "M", "Nd", "Pc"].flatMap { GeneralCategories.runs(named: $0) ?? [] }
    + alphabeticSymbols

  private static func classes(of category: Unicode.GeneralCategory) -> CharacterClass {
    switch category {
    case .uppercaseLetter, .titlecaseLetter: [.letter, .word, .upper]
    case .lowercaseLetter: [.letter, .word, .lower]
    case .modifierLetter, .otherLetter: [.letter, .word, .upper, .lower]
    case .decimalNumber: [.number, .word, .decimal]
    case .letterNumber: [.number, .word]
    case .otherNumber: .number
    case .nonspacingMark: [.mark, .nonspacingMark, .word, .upper, .lower]
    case .spacingMark, .enclosingMark: [.mark, .word, .upper, .lower]
    case .connectorPunctuation: [.punctuation, .word]
    case .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      .punctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: .symbol
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: .space
    case .control, .format, .privateUse: .control
    default: []
    }
  }
}

/// What scalars decompose to, and which pairs compose.
struct Decompositions: Sendable {
  static let shared = Decompositions()

  private var canonical: [UInt32: [UInt32]] = [:]
  private var compatible: [UInt32: [UInt32]] = [:]
  private var compositions: [UInt64: UInt32] = [:]
  /// The combining class of each scalar in the low eight bits, and above them a bit for each form in
  /// which it, or a text with it, may have to change.
  private let table: ScalarTable<UInt16>

  /// Reads entries such as `C0=41,300`, with `!` before scalars that are never composed, and
  /// `300-314=E6` of combining classes.
  private init() {
    var values = [UInt16](repeating: 0, count: ScalarTable<UInt16>.size)
    func mark(_ value: UInt32, _ forms: UnicodeNormalizer.Form...) {
      for form in forms { values[Int(value)] |= form.bit }
    }
    for entry in UnicodeTables.canonical.split(separator: " ") {
      let isExcluded = entry.hasPrefix("!")
      guard let (value, parts) = Self.read(isExcluded ? entry.dropFirst() : entry) else { continue }
      canonical[value] = parts
      mark(value, .nfd, .nfkd)
      if isExcluded {
        mark(value, .nfc, .nfkc)
      } else if parts.count == 2 {
        compositions[UInt64(parts[0]) << 32 | UInt64(parts[1])] = value
        // It may join the one before it.
        mark(parts[1], .nfc, .nfkc)
      }
    }
    for entry in UnicodeTables.compatible.split(separator: " ") {
      guard let (value, parts) = Self.read(entry) else { continue }
      compatible[value] = parts
      mark(value, .nfkc, .nfkd)
    }
    // Some are composed of what does not stay, such as U+1E9B of a long s.
    let (canonical, compatible) = (canonical, compatible)
    func isCompatible(_ value: UInt32) -> Bool {
      compatible[value] != nil || (canonical[value] ?? []).contains(where: isCompatible)
    }
    for value in canonical.keys where isCompatible(value) { mark(value, .nfkc) }
    for value in Hangul.syllables { mark(value, .nfd, .nfkd) }
    for value in Hangul.firstVowel..<Hangul.firstVowel + Hangul.vowels { mark(value, .nfc, .nfkc) }
    for value in Hangul.firstTail..<Hangul.firstTail + Hangul.tails { mark(value, .nfc, .nfkc) }
    for entry in UnicodeTables.combining.split(separator: " ") {
      let sides = entry.split(separator: "=")
      let bounds = sides[0].split(separator: "-").compactMap { Int($0, radix: 16) }
      guard let first = bounds.first, let last = bounds.last, let value = UInt8(sides[1], radix: 16)
      else { continue }
      for scalar in first...last { values[scalar] |= UInt16(value) }
    }
    table = ScalarTable(values)
  }

  private static func read(_ entry: some StringProtocol) -> (UInt32, [UInt32])? {
    let sides = entry.split(separator: "=")
    guard sides.count == 2, let value = UInt32(sides[0], radix: 16) else { return nil }
    return (value, sides[1].split(separator: ",").compactMap { UInt32($0, radix: 16) })
  }

  /// The canonical combining class.
  func combiningClass(_ value: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: table[value]) }

  /// Whether a text of only such scalars is in the form already.
  func isStable(_ value: UInt32, _ form: UnicodeNormalizer.Form) -> Bool {
    table[value] & (0xFF | form.bit) == 0
  }

  /// Gives the full decomposition of `value`, scalar by scalar.
  func decompose(_ value: UInt32, isCompatible: Bool, _ body: (UInt32) -> Void) {
    if value < 0xA0 { return body(value) }
    if Hangul.syllables.contains(value) {
      let index = value - Hangul.syllables.lowerBound
      body(Hangul.firstLead + index / (Hangul.vowels * Hangul.tails))
      body(Hangul.firstVowel + index / Hangul.tails % Hangul.vowels)
      if index % Hangul.tails != 0 { body(Hangul.firstTail + index % Hangul.tails) }
      return
    }
    guard let parts = canonical[value] ?? (isCompatible ? compatible[value] : nil) else {
      return body(value)
    }
    for part in parts { decompose(part, isCompatible: isCompatible, body) }
  }

  /// The scalar that `first` and `second` compose to.
  func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if let value = compositions[UInt64(first) << 32 | UInt64(second)] { return value }
    if (Hangul.firstLead..<Hangul.firstLead + Hangul.leads).contains(first),
      (Hangul.firstVowel..<Hangul.firstVowel + Hangul.vowels).contains(second)
    {
      let index = (first - Hangul.firstLead) * Hangul.vowels + second - Hangul.firstVowel
      return Hangul.syllables.lowerBound + index * Hangul.tails
    }
    if Hangul.syllables.contains(first),
      (first - Hangul.syllables.lowerBound) % Hangul.tails == 0,
      (Hangul.firstTail + 1..<Hangul.firstTail + Hangul.tails).contains(second)
    {
      return first + second - Hangul.firstTail
    }
    return nil
  }
}

extension UnicodeNormalizer.Form {
  /// The form's bit in a table whose low eight bits are taken.
  fileprivate var bit: UInt16 {
    switch self {
    case .nfc: 0x100
    case .nfd: 0x200
    case .nfkc: 0x400
    case .nfkd: 0x800
    }
  }
}

/// The arithmetic of Hangul syllables (The Unicode Standard, section 3.12).
private enum Hangul {
  static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
  static let firstLead: UInt32 = 0x1100
  static let firstVowel: UInt32 = 0x1161
  static let firstTail: UInt32 = 0x11A7
  static let leads: UInt32 = 19
  static let vowels: UInt32 = 21
  static let tails: UInt32 = 28
}

/// A set of scalars, read from a regular expression's brackets.
struct ScalarSet: Sendable {
  private static let named: [String: CharacterClass] = [
    "L": .letter, "N": .number, "P": .punctuation, "S": .symbol, "M": .mark, "Nd": .decimal,
  ]
  private static let short: [Unicode.Scalar: CharacterClass] = [
    "s": .space, "d": .decimal,
  ]
  private static let escapes: [Unicode.Scalar: UInt32] = ["r": 0x0D, "n": 0x0A, "t": 0x09]

  private var classes: CharacterClass = []
  private var isInverted = false
  /// One bit for each scalar of the basic plane.
  private var bits = [UInt64](repeating: 0, count: 0x10000 / 64)
  /// What lies beyond it.
  private var ranges: [ClosedRange<UInt32>] = []

  /// The set that `text` spells, such as `[^a-z\s]` or `\p{L}`; nil when it is something else, or a set
  /// of sets.
  init?(_ text: Substring.UnicodeScalarView) {
    var rest = text
    guard rest.first == "[" else {
      switch Self.element(&rest) {
      case .named(let wanted): classes = wanted
      case .category(let runs): runs.forEach { insert($0) }
      default: return nil
      }
      if rest.isEmpty { return }
      return nil
    }
    rest.removeFirst()
    if rest.first == "^" {
      isInverted = true
      rest.removeFirst()
    }
    guard rest.popLast() == "]", !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      switch Self.element(&rest) {
      case .named(let wanted): classes.formUnion(wanted)
      case .category(let runs): runs.forEach { insert($0) }
      case .scalar(let first):
        var last = first
        if rest.first == "-", rest.count > 1 {
          rest.removeFirst()
          guard case .some(.scalar(let end)) = Self.element(&rest), end >= first else { return nil }
          last = end
        }
        insert(first...last)
      case nil: return nil
      }
    }
  }

  func contains(_ value: UInt32, _ table: CharacterClasses) -> Bool {
    let isListed =
      value < 0x10000
      ? bits[Int(value >> 6)] >> UInt64(value & 63) & 1 == 1
      : ranges.contains { $0.contains(value) }
    return (isListed || !table[value].isDisjoint(with: classes)) != isInverted
  }

  private enum Element {
    case scalar(UInt32)
    case named(CharacterClass)
    /// A general category that is no class.
    case category([ClosedRange<UInt32>])
  }

  /// Takes a character, an escaped one or a class from the front; nil for what has another meaning.
  private static func element(_ rest: inout Substring.UnicodeScalarView) -> Element? {
    guard let first = rest.popFirst() else { return nil }
    if "[]&^".unicodeScalars.contains(first) { return nil }
    guard first == "\\" else { return .scalar(first.value) }
    guard let escaped = rest.popFirst() else { return nil }
    if let value = escapes[escaped] { return .scalar(value) }
    if let wanted = short[escaped] { return .named(wanted) }
    if escaped == "p", rest.popFirst() == "{" {
      let name = String(rest.prefix { $0 != "}" })
      rest = rest.dropFirst(name.unicodeScalars.count + 1)
      return named[name].map(Element.named)
        ?? GeneralCategories.runs(named: name).map(Element.category)
    }
    return escaped.properties.isAlphabetic || escaped.properties.numericType != nil
      ? nil : .scalar(escaped.value)
  }

  private mutating func insert(_ range: ClosedRange<UInt32>) {
    if range.lowerBound < 0x10000 {
      for value in range.lowerBound...min(range.upperBound, 0xFFFF) {
        bits[Int(value >> 6)] |= 1 << UInt64(value & 63)
      }
    }
    if range.upperBound >= 0x10000 {
      ranges.append(max(range.lowerBound, 0x10000)...range.upperBound)
    }
  }
}

/// The general categories of all code points, in the pinned version of Unicode.
enum GeneralCategories {
  /// Code points of one category that follow each other.
  struct Run: Sendable {
    var scalars: ClosedRange<UInt32>
    var category: Unicode.GeneralCategory
  }

  /// The categories by the names that patterns use, in the order of the table's letters.
  static let order: [(name: String, category: Unicode.GeneralCategory)] = [
    ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter),
    ("Lm", .modifierLetter), ("Lo", .otherLetter), ("Mn", .nonspacingMark),
    ("Mc", .spacingMark), ("Me", .enclosingMark), ("Nd", .decimalNumber), ("Nl", .letterNumber),
    ("No", .otherNumber), ("Pc", .connectorPunctuation), ("Pd", .dashPunctuation),
    ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
    ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol),
    ("Sc", .currencySymbol), ("Sk", .modifierSymbol), ("So", .otherSymbol),
    ("Zs", .spaceSeparator), ("Zl", .lineSeparator), ("Zp", .paragraphSeparator), ("Cc", .control),
    ("Cf", .format), ("Co", .privateUse), ("Cs", .surrogate), ("Cn", .unassigned),
  ]

  /// All of them, in order and without a gap.
  static let runs: [Run] = {
    var runs: [Run] = []
    var start: UInt32 = 0
    var rest = UnicodeTables.categories.utf8[...]
    while let letter = rest.popFirst() {
      var count: UInt32 = 0
      while let digit = rest.first, digit <= UInt8(ascii: "9") {
        count = count * 10 + UInt32(digit - UInt8(ascii: "0"))
        rest = rest.dropFirst()
      }
      // A to Z, then a to d.
      let place =
        letter < UInt8(ascii: "a") ? letter - UInt8(ascii: "A") : letter - UInt8(ascii: "G")
      let end = start + max(1, count)
      runs.append(Run(scalars: start...end - 1, category: order[Int(place)].category))
      start = end
    }
    return runs
  }()

  /// The runs of a category such as `Lu`, or of all that begin with a letter such as `L`; nil for
  /// other names.
  static func runs(named name: String) -> [ClosedRange<UInt32>]? {
    let wanted = order.filter { $0.name == name || name.count == 1 && $0.name.hasPrefix(name) }
      .map(\.category)
    if wanted.isEmpty { return nil }
    return joined(runs.filter { wanted.contains($0.category) }.map(\.scalars))
  }

  /// `runs` with those that touch made one.
  private static func joined(_ runs: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    runs.reduce(into: []) { joined, run in
      if let last = joined.last, last.upperBound + 1 == run.lowerBound {
        joined[joined.count - 1] = last.lowerBound...run.upperBound
      } else {
        joined.append(run)
      }
    }
  }
}

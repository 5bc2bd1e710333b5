/// Tells lists in columns, such as an index or a list of symbols, from tables.
///
/// Their lines are short like cells. But each side of an index ends with numbers of pages, and the
/// lines of a list do not stand at the heights of those beside them, as those of a table's rows do.
enum ListColumns {
  /// Whether `left` and `right` are two columns of a list, and not of a table.
  static func areColumns(_ left: [PageLine], _ right: [PageLine]) -> Bool {
    if share(of: left, isEntry) >= 0.6, share(of: right, isEntry) >= 0.6 { return true }
    guard share(of: left, hasWord) >= 0.5, share(of: right, hasWord) >= 0.5 else { return false }
    let (few, many) = left.count < right.count ? (left, right) : (right, left)
    return share(of: few) { line in many.contains { $0.isBeside(line) } } < 0.8
  }

  private static func share(of lines: [PageLine], _ fits: (PageLine) -> Bool) -> Double {
    Double(lines.count(where: fits)) / Double(max(1, lines.count))
  }

  /// Whether a line is one of an index: `Kiln, door of a, 12, 14–17`.
  private static func isEntry(_ line: PageLine) -> Bool {
    let words = line.text.split { $0.isWhitespace }
    guard let last = words.last, last.first?.isNumber == true else { return false }
    return hasWord(line) && words.dropLast().last?.last == ","
  }

  /// Whether a line has a word, and not letters of a formula alone.
  private static func hasWord(_ line: PageLine) -> Bool {
    line.text.split { !$0.isLetter }.contains { $0.count > 2 }
  }
}

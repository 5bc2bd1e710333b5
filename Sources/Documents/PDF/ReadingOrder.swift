/// A part of a page whose lines are read from top to bottom.
struct PageRegion {
  var page: Int
  var x: ClosedRange<Double>
  var rows: [PageLine]
  /// Whether it is a column of a list, such as an index, whose lines stay lines.
  var isList = false
}

/// The order in which the lines of a page are read: columns one after another, between what spans them.
enum ReadingOrder {
  /// The regions of `page` in reading order.
  static func regions(of page: PageText) -> [PageRegion] {
    regions(page.lines, page.number, depth: 0, isList: false)
  }

  private static func regions(
    _ lines: [PageLine], _ page: Int, depth: Int, isList: Bool
  ) -> [PageRegion] {
    guard depth < 6, let (gutter, partsList) = gutter(of: lines) else {
      return region(lines, page, isList: isList).map { [$0] } ?? []
    }
    // Titles and wide figures cross the gutter; they part what is above from what is below.
    let spanning = lines.filter { $0.x.lowerBound < gutter - 1 && $0.x.upperBound > gutter + 1 }
      .sorted { $0.middle < $1.middle }
    let others = lines.filter { !($0.x.lowerBound < gutter - 1 && $0.x.upperBound > gutter + 1) }
    var result: [PageRegion] = []
    var wide: [PageLine] = []
    var top = -Double.infinity
    func end(at bottom: Double) {
      let band = others.filter { $0.middle > top && $0.middle <= bottom }
      guard !band.isEmpty else { return }
      result += region(wide, page).map { [$0] } ?? []
      wide = []
      let left = band.filter { $0.x.upperBound <= gutter + 1 }
      let right = band.filter { $0.x.upperBound > gutter + 1 }
      for side in [left, right] {
        result += regions(side, page, depth: depth + 1, isList: isList || partsList)
      }
    }
    for line in spanning {
      end(at: line.middle)
      wide.append(line)
      top = line.middle
    }
    end(at: .infinity)
    return result + (region(wide, page).map { [$0] } ?? [])
  }

  /// Lines that belong together, those beside each other as one row.
  private static func region(
    _ lines: [PageLine], _ page: Int, isList: Bool = false
  ) -> PageRegion? {
    guard let left = lines.map(\.x.lowerBound).min(), let right = lines.map(\.x.upperBound).max()
    else {
      return nil
    }
    var rows: [PageLine] = []
    for line in lines.sorted(by: { ($0.middle, $0.x.lowerBound) < ($1.middle, $1.x.lowerBound) }) {
      if let last = rows.last, last.isBeside(line) {
        rows[rows.count - 1] =
          last.x.lowerBound <= line.x.lowerBound ? last.joined(with: line) : line.joined(with: last)
      } else {
        rows.append(line)
      }
    }
    return PageRegion(page: page, x: left...right, rows: rows, isList: isList)
  }

  /// Where two columns of running text, or of a list such as an index, are parted; nil when there is
  /// one column, or a table, whose rows are read across.
  private static func gutter(of lines: [PageLine]) -> (place: Double, partsList: Bool)? {
    guard lines.count >= 6, let left = lines.map(\.x.lowerBound).min(),
      let right = lines.map(\.x.upperBound).max(), right - left > 60, right - left < 100_000
    else { return nil }
    let places = Array(
      stride(from: left + (right - left) * 0.15, to: right - (right - left) * 0.15, by: 1.5))
    func best(_ score: (Sides) -> Double?) -> Double? {
      var found: (place: Double, score: Double)?
      for place in places {
        guard let score = score(Sides(of: lines, at: place)) else { continue }
        if found.map({ score > $0.score }) ?? true { found = (place, score) }
      }
      return found?.place
    }
    if let place = best(textScore) { return (place, false) }
    return best(listScore).map { ($0, true) }
  }

  /// What stands on either side of a gutter, and how many lines cross it.
  private struct Sides {
    var left: [PageLine] = []
    var right: [PageLine] = []
    var crossing = 0

    init(of lines: [PageLine], at place: Double) {
      for line in lines {
        if line.x.upperBound <= place + 1 {
          left.append(line)
        } else if line.x.lowerBound >= place - 1 {
          right.append(line)
        } else {
          crossing += 1
        }
      }
    }

    var count: Int { left.count + right.count + crossing }

    /// How high most lines of the left side are.
    var height: Double {
      let heights = left.map(\.height).sorted()
      return heights.isEmpty ? 10 : heights[heights.count / 2]
    }

    /// How far the sides are apart; nil when one is empty, or they do not stand beside each other.
    var gap: Double? {
      guard let first = left.first, let end = left.map(\.x.upperBound).max(),
        let start = right.map(\.x.lowerBound).min()
      else { return nil }
      let low = max(
        left.map(\.y.lowerBound).min() ?? 0, right.map(\.y.lowerBound).min() ?? 0)
      let high = min(
        left.map(\.y.upperBound).max() ?? 0, right.map(\.y.upperBound).max() ?? 0)
      return high - low > 2.5 * first.height ? start - end : nil
    }
  }

  /// How well a gutter parts columns of running text; nil when it does not.
  private static func textScore(_ sides: Sides) -> Double? {
    guard isColumn(sides.left), isColumn(sides.right), sides.crossing * 3 <= sides.count,
      let gap = sides.gap
    else { return nil }
    // Fewer crossing lines first, then the wider gap.
    return gap - 40 * Double(sides.crossing)
  }

  /// How well a gutter parts the columns of a list; nil when it does not.
  private static func listScore(_ sides: Sides) -> Double? {
    guard sides.crossing * 20 <= sides.count, min(sides.left.count, sides.right.count) >= 8,
      let gap = sides.gap, gap > 0.8 * sides.height,
      ListColumns.areColumns(sides.left, sides.right)
    else { return nil }
    return gap - 1000 * Double(sides.crossing)
  }

  /// Whether `lines` read like a column of text: several lines of several words.
  private static func isColumn(_ lines: [PageLine]) -> Bool {
    guard lines.count >= 3 else { return false }
    let words = lines.map(\.words).sorted()
    return words[words.count / 2] >= 4
  }
}

/// A part of a page whose lines are read from top to bottom.
struct PageRegion {
  var page: Int
  var x: ClosedRange<Double>
  var rows: [PageLine]
}

/// The order in which the lines of a page are read: columns one after another, between what spans them.
enum ReadingOrder {
  /// The regions of `page` in reading order.
  static func regions(of page: PageText) -> [PageRegion] {
    regions(page.lines, page.number, depth: 0)
  }

  private static func regions(_ lines: [PageLine], _ page: Int, depth: Int) -> [PageRegion] {
    guard depth < 6, let gutter = gutter(of: lines) else {
      return region(lines, page).map { [$0] } ?? []
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
      result += regions(band.filter { $0.x.upperBound <= gutter + 1 }, page, depth: depth + 1)
      result += regions(band.filter { $0.x.upperBound > gutter + 1 }, page, depth: depth + 1)
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
  private static func region(_ lines: [PageLine], _ page: Int) -> PageRegion? {
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
    return PageRegion(page: page, x: left...right, rows: rows)
  }

  /// Where two columns of running text are parted; nil when there is one column, or a table, whose
  /// rows are read across.
  private static func gutter(of lines: [PageLine]) -> Double? {
    guard lines.count >= 6, let left = lines.map(\.x.lowerBound).min(),
      let right = lines.map(\.x.upperBound).max(), right - left > 60, right - left < 100_000
    else { return nil }
    var best: (place: Double, score: Double)?
    for place in stride(
      from: left + (right - left) * 0.15, to: right - (right - left) * 0.15, by: 1.5)
    {
      guard let score = score(of: place, lines) else { continue }
      if best.map({ score > $0.score }) ?? true { best = (place, score) }
    }
    return best?.place
  }

  /// How well a gutter at `place` parts `lines`; nil when it does not.
  private static func score(of place: Double, _ lines: [PageLine]) -> Double? {
    var sides = (left: [PageLine](), right: [PageLine](), crossing: 0)
    for line in lines {
      if line.x.upperBound <= place + 1 {
        sides.left.append(line)
      } else if line.x.lowerBound >= place - 1 {
        sides.right.append(line)
      } else {
        sides.crossing += 1
      }
    }
    guard isColumn(sides.left), isColumn(sides.right), sides.crossing * 3 <= lines.count else {
      return nil
    }
    let low = max(
      sides.left.map(\.y.lowerBound).min() ?? 0, sides.right.map(\.y.lowerBound).min() ?? 0)
    let high = min(
      sides.left.map(\.y.upperBound).max() ?? 0, sides.right.map(\.y.upperBound).max() ?? 0)
    guard high - low > 2.5 * (sides.left.first?.height ?? 10) else { return nil }
    let gap =
      (sides.right.map(\.x.lowerBound).min() ?? place)
      - (sides.left.map(\.x.upperBound).max() ?? place)
    // Fewer crossing lines first, then the wider gap.
    return gap - 40 * Double(sides.crossing)
  }

  /// Whether `lines` read like a column of text: several lines of several words.
  private static func isColumn(_ lines: [PageLine]) -> Bool {
    guard lines.count >= 3 else { return false }
    let words = lines.map(\.words).sorted()
    return words[words.count / 2] >= 4
  }
}

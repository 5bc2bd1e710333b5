/// Finds what stands at the top or the foot of pages and belongs to none: page numbers, running titles.
struct RunningHeads {
  /// A line near an edge of a page, apart from the text.
  private struct Edge {
    var page: Int
    var isTop: Bool
    var line: PageLine
    /// Lines of the page that make it up.
    var members: [Int]
  }

  private var edges: [Edge] = []

  /// `pages` without their running heads and feet.
  static func removed(from pages: [PageText]) -> [PageText] {
    let heads = RunningHeads(pages)
    var pages = pages
    for (page, found) in Dictionary(grouping: heads.found, by: \.page) {
      let gone = Set(found.flatMap(\.members))
      pages[page].lines = pages[page].lines.enumerated().filter { !gone.contains($0.offset) }
        .map(\.element)
    }
    return pages
  }

  private init(_ pages: [PageText]) {
    for (index, page) in pages.enumerated() {
      edges += Self.edges(of: page, index, isTop: true)
      edges += Self.edges(of: page, index, isTop: false)
    }
  }

  /// Up to two lines at an edge that a gap parts from the rest.
  private static func edges(of page: PageText, _ index: Int, isTop: Bool) -> [Edge] {
    let order = page.lines.indices.sorted {
      isTop
        ? page.lines[$0].y.lowerBound < page.lines[$1].y.lowerBound
        : page.lines[$0].y.upperBound > page.lines[$1].y.upperBound
    }
    var rows: [Edge] = []
    for place in order.prefix(24) {
      let line = page.lines[place]
      if let last = rows.indices.last, rows[last].line.isLevel(with: line) {
        let (left, right) =
          rows[last].line.x.lowerBound < line.x.lowerBound
          ? (rows[last].line, line) : (line, rows[last].line)
        rows[last].line = left.joined(with: right)
        rows[last].members.append(place)
      } else {
        rows.append(Edge(page: index, isTop: isTop, line: line, members: [place]))
      }
      if rows.count > 3 { break }
    }
    let candidates = rows.prefix(2).enumerated().filter { number, row in
      let zone = isTop ? row.line.middle < page.height * 0.17 : row.line.middle > page.height * 0.79
      guard zone else { return false }
      guard number + 1 < rows.count else { return true }
      let next = rows[number + 1].line
      let gap =
        isTop
        ? next.y.lowerBound - row.line.y.upperBound : row.line.y.lowerBound - next.y.upperBound
      // A second line counts when the first did, as in a head of two lines.
      return gap > 0.7 * max(row.line.height, 1)
    }
    return candidates.map(\.element)
  }

  /// By page, the lines that are heads or feet.
  private var found: [(page: Int, members: [Int])] {
    let offset = numbering
    var seen: [String: Set<Int>] = [:]
    for edge in edges { seen[Self.signature(edge), default: []].insert(edge.page) }
    return edges.filter { edge in
      if let offset, Self.numbers(in: edge.line.text).contains(edge.page + offset) { return true }
      if Self.isNumberAlone(edge.line.text, page: edge.page + 1) { return true }
      return seen[Self.signature(edge), default: []].count > 1
    }.map { ($0.page, $0.members) }
  }

  /// What is to be added to a page's place to get its printed number, when pages are numbered.
  private var numbering: Int? {
    var votes: [Int: Set<Int>] = [:]
    for edge in edges {
      for number in Self.numbers(in: edge.line.text) {
        votes[number - edge.page, default: []].insert(edge.page)
      }
    }
    let best = votes.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
    let pages = Set(edges.map(\.page)).count
    guard let best, best.value.count >= max(2, pages / 3) else { return nil }
    return best.key
  }

  /// The numbers that `text` begins or ends with.
  private static func numbers(in text: String) -> [Int] {
    let words = text.split { $0.isWhitespace || "-–—|·/".contains($0) }
    return [words.first, words.last].compactMap { $0.flatMap { Int($0) } }.filter {
      (0..<100_000).contains($0)
    }
  }

  /// Whether `text` is nothing but the number of the page at place `page`, from 1, or a Roman one.
  private static func isNumberAlone(_ text: String, page: Int) -> Bool {
    let words = text.lowercased().split { $0.isWhitespace || "-–—|·/".contains($0) }
      .filter { !["page", "seite", "p.", "of", "von"].contains($0) }
    guard (1...2).contains(words.count), let first = words.first else { return false }
    if Int(first) == page { return words.count == 1 || words.last.flatMap { Int($0) } != nil }
    return words.count == 1 && first.count <= 6 && first.allSatisfy { "ivxlc".contains($0) }
  }

  /// What repeats from page to page: the place and the words, whatever the number.
  private static func signature(_ edge: Edge) -> String {
    let words = edge.line.text.lowercased().map { $0.isNumber ? "#" : $0 }
    let name = String(words).split(separator: "#").joined(separator: "#")
    return "\(edge.isTop) \(Int((edge.line.middle / 4).rounded())) \(name.trimmed)"
  }
}

extension PageLine {
  /// Whether `other` stands at the same height.
  fileprivate func isLevel(with other: PageLine) -> Bool {
    abs(middle - other.middle) < 0.5
      * min(y.upperBound - y.lowerBound, other.y.upperBound - other.y.lowerBound)
  }
}

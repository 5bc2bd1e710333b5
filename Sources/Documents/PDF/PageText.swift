/// A line of a page, as it is drawn; points from the upper left corner.
struct PageLine {
  var x: ClosedRange<Double>
  var y: ClosedRange<Double>
  var text: String
  /// How high its letters are, for most of them.
  var height: Double
  var words: Int
  /// How high the lowest of its words is, when it has words of some letters.
  var lowest: Double?

  var width: Double { x.upperBound - x.lowerBound }
  var middle: Double { (y.lowerBound + y.upperBound) / 2 }

  /// Whether `other` stands on the same line of a page.
  func isBeside(_ other: PageLine) -> Bool {
    let shared = min(y.upperBound, other.y.upperBound) - max(y.lowerBound, other.y.lowerBound)
    let smaller = min(y.upperBound - y.lowerBound, other.y.upperBound - other.y.lowerBound)
    return shared > smaller * 0.5
      && (other.x.lowerBound >= x.upperBound - 1 || other.x.upperBound <= x.lowerBound + 1)
  }

  /// This line and `next`, which stands to the right of it; far apart they are cells of a table.
  func joined(with next: PageLine) -> PageLine {
    let gap = next.x.lowerBound - x.upperBound
    var line = self
    line.text += (gap > 2.5 * max(height, next.height) ? "\t" : " ") + next.text
    line.x = min(x.lowerBound, next.x.lowerBound)...max(x.upperBound, next.x.upperBound)
    line.y = min(y.lowerBound, next.y.lowerBound)...max(y.upperBound, next.y.upperBound)
    line.words += next.words
    if next.text.count > text.count { line.height = next.height }
    line.lowest = [lowest, next.lowest].compactMap(\.self).min()
    return line
  }
}

/// A page of a PDF.
struct PageText {
  var number: Int
  var height: Double
  var lines: [PageLine] = []
}

/// Reads what `pdftotext -bbox-layout` writes: pages, lines and words with their places.
struct PageScanner {
  private(set) var pages: [PageText] = []
  private var words: [(x: ClosedRange<Double>, y: ClosedRange<Double>, text: String)] = []

  /// The pages of `output`.
  static func pages(of output: [UInt8]) -> [PageText] {
    var scanner = PageScanner()
    for line in output.split(separator: 0x0A) {
      let start = line.drop { $0 == 0x20 }
      if start.starts(with: Self.word) {
        scanner.word(String(decoding: start, as: UTF8.self))
      } else if start.starts(with: Self.lineEnd) {
        scanner.endLine()
      } else if start.starts(with: Self.page) {
        let height = attribute("height", of: String(decoding: start, as: UTF8.self)) ?? 842
        scanner.pages.append(PageText(number: scanner.pages.count + 1, height: height))
      }
    }
    return scanner.pages
  }

  private static let word = Array("<word ".utf8)
  private static let lineEnd = Array("</line>".utf8)
  private static let page = Array("<page ".utf8)

  private mutating func word(_ tag: String) {
    guard let open = tag.firstIndex(of: ">"), let close = tag.lastIndex(of: "<"), open < close,
      let x0 = Self.attribute("xMin", of: tag), let x1 = Self.attribute("xMax", of: tag),
      let y0 = Self.attribute("yMin", of: tag), let y1 = Self.attribute("yMax", of: tag)
    else { return }
    let text = Ligatures.separated(Entities.decoded(tag[tag.index(after: open)..<close]))
    guard !text.isEmpty else { return }
    words.append((min(x0, x1)...max(x0, x1), min(y0, y1)...max(y0, y1), text))
  }

  private mutating func endLine() {
    defer { words = [] }
    guard let first = words.first, !pages.isEmpty else { return }
    var line = PageLine(x: first.x, y: first.y, text: "", height: 0, words: words.count)
    for word in words {
      line.x = min(line.x.lowerBound, word.x.lowerBound)...max(line.x.upperBound, word.x.upperBound)
      line.y = min(line.y.lowerBound, word.y.lowerBound)...max(line.y.upperBound, word.y.upperBound)
    }
    line.text = Leaders.parted(words.map(\.text)).joined(separator: " ")
    if let tab = line.text.firstRange(of: " \t ") { line.text.replaceSubrange(tab, with: "\t") }
    line.height = Weighted.median(
      words.map { ($0.y.upperBound - $0.y.lowerBound, $0.text.count) })
    line.lowest = words.filter { $0.text.count(where: \.isLetter) > 1 }
      .map { $0.y.upperBound - $0.y.lowerBound }.min()
    pages[pages.count - 1].lines.append(line)
  }

  /// The number that an attribute has; nil when there is none, or it is no place on a page.
  private static func attribute(_ name: String, of tag: String) -> Double? {
    guard let start = tag.firstRange(of: name + "=\"")?.upperBound,
      let end = tag[start...].firstIndex(of: "\""), let value = Double(tag[start..<end]),
      abs(value) < 1e6
    else { return nil }
    return value
  }
}

/// Medians in which each value counts as often as it has letters.
enum Weighted {
  /// The median of `values`; 0 when there are none.
  static func median(_ values: [(value: Double, weight: Int)]) -> Double {
    let sorted = values.sorted { $0.value < $1.value }
    let half = values.reduce(0) { $0 + $1.weight } / 2
    var sum = 0
    for (value, weight) in sorted {
      sum += weight
      if sum > half { return value }
    }
    return sorted.last?.value ?? 0
  }
}

/// Letters that are drawn as one, such as `ﬁ`.
enum Ligatures {
  private static let known: [Character: String] = [
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
  ]

  static func separated(_ text: String) -> String {
    guard text.contains(where: { known[$0] != nil }) else { return text }
    return text.map { known[$0] ?? String($0) }.joined()
  }
}

/// The points that lead from a title to its page in a table of contents.
enum Leaders {
  /// `words` with a tab in place of the points.
  static func parted(_ words: [String]) -> [String] {
    let isPoints = words.map { $0.count > 3 && $0.allSatisfy { ".…·".contains($0) } }
    if let place = isPoints.firstIndex(of: true) {
      return Array(words[..<place]) + ["\t"] + words[(place + 1)...].filter { $0 != "." }
    }
    guard
      let start = words.indices.first(where: { words[$0...].prefix(4) == [".", ".", ".", "."] }),
      let end = words[start...].firstIndex(where: { $0 != "." })
    else { return words }
    return Array(words[..<start]) + ["\t"] + words[end...]
  }
}

public import AnnealFiles
internal import OrderedCollections

/// Counts of whole numbers by ranges that double: 0, 1, 2–3, 4–7 and so on, up to the largest of them.
public struct Histogram: Sendable, Hashable {
  private var counts: [Int] = []
  private var largest = 0

  /// A histogram of nothing.
  public init() {}

  /// Counts `value`.
  public mutating func add(_ value: Int) {
    let bin = value <= 0 ? 0 : Int.bitWidth - value.leadingZeroBitCount
    if bin >= counts.count { counts += Array(repeating: 0, count: bin + 1 - counts.count) }
    counts[bin] += 1
    largest = max(largest, value)
  }

  /// The ranges from the first that was hit to the last, with their counts.
  public var bins: [(range: ClosedRange<Int>, count: Int)] {
    guard let first = counts.firstIndex(where: { $0 > 0 }) else { return [] }
    return counts.indices[first...].map { bin in
      guard bin > 0 else { return (0...0, counts[bin]) }
      let first = 1 << (bin - 1)
      return (first...min(largest, first + (first - 1)), counts[bin])
    }
  }

  /// The histogram as an array of `from`, `to`, `count`.
  public var json: JSON {
    .array(
      bins.map { bin in
        [
          "from": .integer(bin.range.lowerBound), "to": .integer(bin.range.upperBound),
          "count": .integer(bin.count),
        ]
      })
  }

  /// A line a range, with a bar of at most `width` characters.
  public func lines(width: Int = 40) -> [String] {
    let most = max(1, counts.max() ?? 1)
    let labels = bins.map { bin in
      bin.range.count == 1
        ? "\(bin.range.lowerBound)" : "\(bin.range.lowerBound)–\(bin.range.upperBound)"
    }
    let widest = labels.map(\.count).max() ?? 0
    return zip(labels, bins).map { label, bin in
      let bar = Self.bar(Double(bin.count) / Double(most) * Double(width))
      let space = String(repeating: " ", count: widest - label.count)
      return "  \(space)\(label) │\(bar) \(grouped(bin.count))"
    }
  }

  /// A bar of eighths of a character; what is not nothing shows at least one.
  private static func bar(_ length: Double) -> String {
    let eighths = length > 0 ? max(1, Int((length * 8).rounded())) : 0
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }
}

/// `1234567` as `1,234,567`.
func grouped(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
  return (number < 0 ? "-" : "") + String(digits)
}

/// A number of things by name: `1 row`, `2 rows`.
func grouped(_ number: Int, of thing: String) -> String {
  "\(grouped(number)) \(thing)\(number == 1 ? "" : "s")"
}

/// `part` of `whole` as a percentage with one digit: `38.5 %`.
func percent(_ part: Int, of whole: Int) -> String {
  guard whole > 0 else { return "0 %" }
  let tenths = Int((Double(part) / Double(whole) * 1000).rounded())
  return "\(tenths / 10).\(tenths % 10) %"
}

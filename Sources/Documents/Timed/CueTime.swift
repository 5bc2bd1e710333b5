/// Times of subtitles: `00:01:02,500`, `01:02.500`.
enum CueTime {
  /// The seconds that `text` stands for; nil when it is no such time.
  static func seconds(_ text: some StringProtocol) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return nil }
    var seconds = 0.0
    for (place, part) in parts.enumerated() {
      let isLast = place == parts.count - 1
      let digits = isLast ? String(part).replacingComma : String(part)
      guard let first = digits.first, first.isNumber, let last = digits.last, last.isNumber,
        digits.allSatisfy({ $0.isASCII && ($0.isNumber || (isLast && $0 == ".")) }),
        digits.count <= 9, let value = Double(digits),
        place == 0 || value < 60
      else { return nil }
      seconds = seconds * 60 + value
    }
    return seconds
  }

  /// The times of a line such as `00:01.000 --> 00:02.000 align:start`; nil when it is none.
  ///
  /// - Throws: what is wrong, when there is an arrow but the times are none.
  static func range(_ line: some StringProtocol) throws(Fault) -> ClosedRange<Double>? {
    let parts = String(line).split(separator: " ")
    guard let arrow = parts.firstIndex(of: "-->") else { return nil }
    guard arrow > 0, arrow + 1 < parts.count else { throw Fault(words: "a time is missing") }
    guard let start = seconds(parts[arrow - 1]) else {
      throw Fault(words: "'\(parts[arrow - 1])' is no time")
    }
    guard let end = seconds(parts[arrow + 1]) else {
      throw Fault(words: "'\(parts[arrow + 1])' is no time")
    }
    guard start <= end else { throw Fault(words: "the end is before the beginning") }
    return start...end
  }

  /// What is wrong with a line of times.
  struct Fault: Error { let words: String }
}

extension String {
  fileprivate var replacingComma: String { String(map { $0 == "," ? "." : $0 }) }
}

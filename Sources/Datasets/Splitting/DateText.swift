/// Dates and times of ISO 8601, as rows have them.
enum DateText {
  /// Seconds since 1970 of `YYYY-MM-DD`, with `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff` and an offset
  /// behind it or without; nil for all else, also for days and times that no calendar or clock has.
  static func seconds(_ text: String) -> Double? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
    guard parts.count <= 2, let day = days(parts[0]) else { return nil }
    guard parts.count == 2 else { return Double(day) * 86_400 }
    return clock(parts[1]).map { Double(day) * 86_400 + $0 }
  }

  /// Days since 1970.
  private static func days(_ text: Substring) -> Int? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3,
      let year = number(parts[0], digits: 4...4, below: 10_000),
      let month = number(parts[1], digits: 1...2, below: 13), month > 0,
      let date = number(parts[2], digits: 1...2, below: length(of: month, in: year) + 1), date > 0
    else { return nil }
    // Days since 1970 by shifted months (Hinnant's civil calendar).
    let shifted = month > 2 ? year : year - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }

  private static func length(of month: Int, in year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    switch month {
    case 2: return isLeap ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }

  /// Seconds since midnight in Greenwich.
  private static func clock(_ text: Substring) -> Double? {
    var time = text
    var offset = 0
    if time.last == "Z" {
      time = time.dropLast()
    } else if let sign = time.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      guard let found = Self.offset(time[time.index(after: sign)...]) else { return nil }
      offset = time[sign] == "+" ? found : -found
      time = time[..<sign]
    }
    let parts = time.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hour = number(parts[0], digits: 1...2, below: 24),
      let minute = number(parts[1], digits: 2...2, below: 60)
    else { return nil }
    let minutes = Double(hour * 3600 + minute * 60 - offset)
    guard parts.count == 3 else { return minutes }
    return second(parts[2]).map { minutes + $0 }
  }

  /// A second, of which a minute may have 61, with parts of it behind a point.
  private static func second(_ text: Substring) -> Double? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = number(parts[0], digits: 2...2, below: 61) else {
      return nil
    }
    guard parts.count == 2 else { return Double(whole) }
    guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(isDigit) else { return nil }
    return Double("\(whole).\(parts[1])")
  }

  /// Seconds of `hh:mm`, `hhmm` or `hh`.
  private static func offset(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let (hours, minutes): (Substring, Substring)
    switch (parts.count, text.utf8.count) {
    case (1, 2): (hours, minutes) = (text, "00")
    case (1, 4): (hours, minutes) = (text.prefix(2), text.suffix(2))
    case (2, 5): (hours, minutes) = (parts[0], parts[1])
    default: return nil
    }
    guard let hour = number(hours, digits: 2...2, below: 24),
      let minute = number(minutes, digits: 2...2, below: 60)
    else { return nil }
    return hour * 3600 + minute * 60
  }

  /// A number of so many digits and nothing else.
  private static func number(
    _ text: Substring, digits: ClosedRange<Int>, below limit: Int
  ) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else { return nil }
    return Int(text).flatMap { $0 < limit ? $0 : nil }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

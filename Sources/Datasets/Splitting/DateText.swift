/// Dates and times of ISO 8601, as rows, chats and logs have them.
public enum DateText {
  /// Seconds since 1970 of `YYYY-MM-DD` or `YYYYMMDD`, with `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff` and a
  /// zone behind it or without; nil for all else, also for days and times that no calendar or clock
  /// has.
  ///
  /// As logs write them, a space may stand for the `T` and before the zone, a comma for the point, and
  /// `UTC` or `GMT` for the `Z`. A time without a zone is Greenwich's.
  public static func seconds(_ text: String) -> Double? {
    let (date, time) = divided(text)
    guard let day = days(date) else { return nil }
    guard let time else { return Double(day) * 86_400 }
    return clock(time).map { Double(day) * 86_400 + $0 }
  }

  /// What is wrong with `text`, which is written as a date and is none; nil for what is written in
  /// another way.
  static func fault(in text: String) -> String? {
    let (date, time) = divided(text)
    let parts = date.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) })
    else { return nil }
    guard days(date) != nil else { return "which is no day of a calendar" }
    return time == nil ? nil : "whose time is none of a clock"
  }

  /// The date and what stands behind it.
  private static func divided(_ text: String) -> (date: Substring, time: Substring?) {
    guard let mark = text.utf8.firstIndex(where: { "Tt ".utf8.contains($0) }) else {
      return (text[...], nil)
    }
    return (text[..<mark], text[text.utf8.index(after: mark)...])
  }

  /// Days since 1970.
  private static func days(_ text: Substring) -> Int? {
    var parts = text.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 1, text.utf8.count == 8, text.utf8.allSatisfy(isDigit) {
      parts = [text.prefix(4), text.dropFirst(4).prefix(2), text.suffix(2)]
    }
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
    let end = text.utf8.firstIndex { !isDigit($0) && !":.,".utf8.contains($0) } ?? text.endIndex
    let parts = text[..<end].split(separator: ":", omittingEmptySubsequences: false)
    guard let ahead = ahead(text[end...].drop { $0 == " " }), (2...3).contains(parts.count),
      let hour = number(parts[0], digits: 1...2, below: 24),
      let minute = number(parts[1], digits: 2...2, below: 60)
    else { return nil }
    let minutes = Double(hour * 3600 + minute * 60 - ahead)
    guard parts.count == 3 else { return minutes }
    return second(parts[2]).map { minutes + $0 }
  }

  /// A second, of which a minute may have 61, with parts of it behind a point or a comma.
  private static func second(_ text: Substring) -> Double? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
    guard parts.count <= 2, let whole = number(parts[0], digits: 2...2, below: 61) else {
      return nil
    }
    guard parts.count == 2 else { return Double(whole) }
    guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(isDigit) else { return nil }
    return Double("\(whole).\(parts[1])")
  }

  /// How many seconds the clocks of `zone` are ahead of Greenwich's: `Z`, `UTC`, `+01:00`, `-0530`,
  /// `+01`, or nothing.
  private static func ahead(_ zone: Substring) -> Int? {
    if ["", "Z", "z", "UTC", "GMT"].contains(zone) { return 0 }
    guard let sign = zone.first, sign == "+" || sign == "-" else { return nil }
    return offset(zone.dropFirst()).map { sign == "+" ? $0 : -$0 }
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

internal import NIOHTTP1
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How long a server asks to be left alone.
enum RetryAfter {
  /// The seconds that `retry-after-ms` or `Retry-After` say; nil when neither is there.
  static func seconds(_ headers: HTTPHeaders) -> Double? {
    if let text = headers.first(name: "retry-after-ms"), let value = Double(text), value >= 0 {
      return value / 1000
    }
    return headers.first(name: "Retry-After").flatMap(seconds)
  }

  /// The seconds that a `Retry-After` of `text` says.
  static func seconds(_ text: String) -> Double? {
    if let value = Double(text) { return value >= 0 && value.isFinite ? value : nil }
    return date(text).map { max(0, $0 - Double(time(nil))) }
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
  static func date(_ text: String) -> Double? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), (1...31).contains(day),
      let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]),
      (1970...9999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]),
      (0...60).contains(clock[2])
    else { return nil }
    // Days by a calendar that begins in March, so that a leap day is a year's last.
    let (m, y) = month < 2 ? (month + 10, year - 1) : (month - 2, year)
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468
    return Double(days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
  }
}

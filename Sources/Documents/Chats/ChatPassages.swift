/// Makes passages of the messages of a chat between people.
struct ChatPassages {
  private(set) var passages: [Passage] = []

  /// Takes a message; `time` is in seconds since 1970.
  mutating func add(_ text: String, by speaker: String, at time: Double?, section: [String]) {
    let text = text.trimmed
    guard !text.isEmpty else { return }
    let range = time.map { $0...$0 }
    if passages.last?.speaker == speaker, passages.last?.section == section {
      passages[passages.count - 1].append(text, joint: "\n", time: range)
    } else {
      var passage = Passage("", section: section, speaker: speaker)
      passage.append(text, joint: "", time: range)
      passages.append(passage)
    }
  }
}

/// Times as logs write them: ISO 8601, such as `2024-03-05T14:07:09.250+01:00`.
enum LoggedTime {
  /// Seconds since 1970; nil when `text` is no such time.
  static func seconds(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 19, isDivided(bytes), let year = number(bytes, 0, 4),
      let month = number(bytes, 5, 2), let day = number(bytes, 8, 2),
      let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2),
      let second = number(bytes, 17, 2), (1...12).contains(month), day > 0,
      day <= length(ofMonth: month, year), hour < 24, minute < 60, second < 61
    else { return nil }
    var rest = bytes[19...]
    var fraction = 0.0
    if let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") {
      let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      fraction = Double("0." + String(decoding: digits, as: UTF8.self)) ?? 0
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let shift = shift(String(decoding: rest, as: UTF8.self).trimmed) else { return nil }
    let time = ((days(year, month, day) * 24 + hour) * 60 + minute - shift) * 60 + second
    return Double(time) + fraction
  }

  /// Whether the marks between the numbers stand where they must.
  private static func isDivided(_ bytes: [UInt8]) -> Bool {
    "Tt ".utf8.contains(bytes[10])
      && zip([4, 7, 13, 16], "--::".utf8).allSatisfy { bytes[$0] == $1 }
  }

  /// How many minutes the clocks of `zone` are ahead: `Z`, `+01:00`, `-0530`, `+01`; no zone is UTC.
  private static func shift(_ zone: String) -> Int? {
    if ["", "Z", "z", "UTC", "GMT"].contains(zone) { return 0 }
    guard zone.hasPrefix("+") || zone.hasPrefix("-") else { return nil }
    var bytes = Array(zone.utf8)
    if bytes.count == 6, bytes[3] == UInt8(ascii: ":") { bytes.remove(at: 3) }
    if bytes.count == 3 { bytes += Array("00".utf8) }
    guard bytes.count == 5, let hours = number(bytes, 1, 2), let minutes = number(bytes, 3, 2),
      hours < 24, minutes < 60
    else { return nil }
    return (hours * 60 + minutes) * (zone.hasPrefix("-") ? -1 : 1)
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int? {
    guard place + count <= bytes.count else { return nil }
    let digits = bytes[place..<place + count]
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private static func length(ofMonth month: Int, _ year: Int) -> Int {
    days(month == 12 ? year + 1 : year, month % 12 + 1, 1) - days(year, month, 1)
  }

  /// Days since 1970-01-01 in the Gregorian calendar, counted with years that begin in March.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month < 3 ? year - 1 : year
    let era = year / 400
    let ofEra = year - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}

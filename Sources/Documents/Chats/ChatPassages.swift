internal import AnnealDatasets

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
  /// Seconds since 1970; nil when `text` is no such time, such as a day alone.
  static func seconds(_ text: String) -> Double? {
    guard isDivided(text.utf8.prefix(19)) else { return nil }
    return DateText.seconds(text.trimmed)
  }

  /// The time that `line` begins with, in brackets or without, seconds since 1970.
  static func leading(_ line: Substring) -> Double? {
    let line = line.first == "[" ? line.dropFirst() : line
    let bytes = line.utf8.prefix(40)
    let clock = Array(bytes.prefix(19))
    guard isDivided(clock) else { return nil }
    let fraction = bytes.dropFirst(19).prefix { isDigit($0) || ".,:+-Zz".utf8.contains($0) }
    // A zone may stand apart: `2024-03-05 14:07:09,250 +0100`.
    let rest = bytes.dropFirst(19 + fraction.count)
    let mark = rest.dropFirst().first
    let isZone = rest.first == 0x20 && (mark == UInt8(ascii: "+") || mark == UInt8(ascii: "-"))
    let zone = isZone ? rest.prefix { isDigit($0) || " +-:".utf8.contains($0) } : rest.prefix(0)
    let whole = clock + Array(fraction)
    for time in [whole + Array(zone), whole, clock] {
      if let seconds = seconds(String(decoding: time, as: UTF8.self).trimmed) { return seconds }
    }
    return nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Whether the marks between the numbers stand where they must.
  private static func isDivided(_ clock: some Collection<UInt8>) -> Bool {
    let bytes = Array(clock)
    return bytes.count == 19 && "Tt ".utf8.contains(bytes[10])
      && zip([4, 7, 13, 16], "--::".utf8).allSatisfy { bytes[$0] == $1 }
  }
}

/// An e-mail address: a local part, `@`, and a domain with a point.
enum EmailAddress: PersonalDetector {
  static let kind = "email"

  static func end(in text: ByteText, from start: Int) -> Int? {
    let at = text.end(from: start) {
      text.isDigit($0) || text.isLetter($0) || [0x2E, 0x5F, 0x25, 0x2B, 0x2D].contains(text[$0])
    }
    guard at > start, at - start <= 64, text[at] == 0x40, text[at - 1] != 0x2E else { return nil }
    var end = text.end(from: at + 1) {
      text.isDigit($0) || text.isLetter($0) || text[$0] == 0x2E || text[$0] == 0x2D
    }
    // A sentence's point belongs to no address.
    while end > at, [0x2E, 0x2D].contains(text[end - 1]) { end -= 1 }
    let labels = text.bytes[at + 1..<max(at + 1, end)].split(
      separator: 0x2E, omittingEmptySubsequences: false)
    guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }), let top = labels.last,
      top.count >= 2, top.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A })
    else { return nil }
    return end
  }
}

/// An address of the internet: IPv4 with four numbers below 256, or IPv6.
///
/// Loopback, `0.0.0.0` and what looks like a version (`v1.2.3.4`) name nobody.
enum InternetAddress: PersonalDetector {
  static let kind = "ip"

  static func end(in text: ByteText, from start: Int) -> Int? {
    guard text[start - 1] != 0x2E else { return nil }
    return fourth(text, start) ?? sixth(text, start)
  }

  private static func fourth(_ text: ByteText, _ start: Int) -> Int? {
    var index = start
    var parts: [Int] = []
    while parts.count < 4 {
      let end = text.end(from: index, while: text.isDigit)
      guard (1...3).contains(end - index), end - index == 1 || text[index] != 0x30 else {
        return nil
      }
      parts.append(text.bytes[index..<end].reduce(0) { $0 * 10 + Int($1) - 0x30 })
      guard parts.count == 4 || text[end] == 0x2E else { return nil }
      index = parts.count == 4 ? end : end + 1
    }
    guard parts.allSatisfy({ $0 < 256 }), !text.isWord(index),
      !(text[index] == 0x2E && text.isDigit(index + 1)), parts[0] != 127, parts[0] != 0
    else { return nil }
    return index
  }

  private static func sixth(_ text: ByteText, _ start: Int) -> Int? {
    let end = text.end(from: start) { text.isHex($0) || text[$0] == 0x3A }
    guard end - start >= 6, end - start <= 39, !text.isWord(end) else { return nil }
    let groups = text.bytes[start..<end].split(separator: 0x3A, omittingEmptySubsequences: false)
    let empty = groups.filter(\.isEmpty).count
    guard groups.allSatisfy({ $0.count <= 4 }), empty <= 1,
      groups.count == 8 || (empty == 1 && (4...7).contains(groups.count))
    else { return nil }
    // A time or a ratio has digits alone.
    return text.bytes[start..<end].contains { $0 >= 0x41 } || groups.count == 8 ? end : nil
  }
}

/// A secret: keys of well-known services by their beginnings, tokens, private keys.
enum SecretKey: PersonalDetector {
  static let kind = "key"

  /// How a service's keys begin, and the fewest characters that follow.
  private static let beginnings: [(StaticString, Int)] = [
    ("sk-ant-", 24), ("sk-proj-", 24), ("sk-", 32), ("sk_live_", 16), ("rk_live_", 16),
    ("pk_live_", 16), ("AKIA", 16), ("ASIA", 16), ("AIza", 35), ("ghp_", 36), ("gho_", 36),
    ("ghs_", 36), ("ghu_", 36), ("github_pat_", 40), ("glpat-", 20), ("xoxb-", 20), ("xoxp-", 20),
    ("xoxa-", 20), ("hf_", 30), ("npm_", 36), ("pypi-", 50), ("SG.", 40), ("ya29.", 40),
    ("dop_v1_", 60), ("eyJ", 40),
  ]

  static func end(in text: ByteText, from start: Int) -> Int? {
    if text.has("-----BEGIN", at: start) { return privateKey(text, start) }
    for (beginning, least) in beginnings where text.has(beginning, at: start) {
      let from = start + beginning.utf8CodeUnitCount
      let end = text.end(from: from) {
        text.isDigit($0) || text.isLetter($0) || [0x2D, 0x5F, 0x2E].contains(text[$0])
      }
      guard end - from >= least else { continue }
      // Words joined by dashes have no digit; keys of this length do.
      guard text.bytes[from..<end].contains(where: { (0x30...0x39).contains($0) }) else { continue }
      // A JSON web token has three parts.
      if text.has("eyJ", at: start), text.bytes[start..<end].count(where: { $0 == 0x2E }) != 2 {
        continue
      }
      return text[end - 1] == 0x2E ? end - 1 : end
    }
    return nil
  }

  private static func privateKey(_ text: ByteText, _ start: Int) -> Int? {
    let line = text.end(from: start) { text[$0] != 0x0A }
    let head = String(decoding: text.bytes[start..<line], as: UTF8.self)
    guard head.contains("PRIVATE KEY-----") else { return nil }
    var index = line
    while index < text.count {
      if text.has("-----END", at: index) { return text.end(from: index) { text[$0] != 0x0A } }
      index += 1
    }
    return text.count
  }
}

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
/// Loopback, `0.0.0.0` and what is a version (`v1.2.3.4`, `Version 1.2.3.4`) name nobody.
enum InternetAddress: PersonalDetector {
  static let kind = "ip"

  static func end(in text: ByteText, from start: Int) -> Int? {
    guard text[start - 1] != 0x2E else { return nil }
    if let end = fourth(text, start) { return isVersion(text, start) ? nil : end }
    return sixth(text, start)
  }

  /// Whether a word before says that the numbers count releases or sections.
  private static func isVersion(_ text: ByteText, _ start: Int) -> Bool {
    // Spaces, and `"version": "1.2.3.4"`, `version=1.2.3.4`.
    let end = text.end(before: start, skipping: [0x20, 0x22, 0x27, 0x3A, 0x3D, 0x2E])
    return counted.contains(text.word(before: end).letters)
  }

  private static let counted: Set = [
    "version", "versions", "ver", "v", "release", "build", "firmware", "section", "chapter",
    "revision",
  ]

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
      // Words joined by dashes have no digit; keys of this length do, or are of letters alone.
      let key = text.bytes[from..<end]
      guard key.contains(where: { (0x30...0x39).contains($0) }) || !key.contains(where: joins)
      else { continue }
      // A JSON web token has three parts.
      if text.has("eyJ", at: start), text.bytes[start..<end].count(where: { $0 == 0x2E }) != 2 {
        continue
      }
      return text[end - 1] == 0x2E ? end - 1 : end
    }
    return nil
  }

  private static func joins(_ byte: UInt8) -> Bool { [0x2D, 0x5F, 0x2E].contains(byte) }

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

/// The value of a password or key that is given one: `password: hunter2`, `api_key = '…'`.
///
/// What stands for a value (`<password>`, `your_key`, `os.environ[…]`, a type's name) is none.
enum AssignedSecret: PersonalDetector {
  static let kind = "key"

  /// Names of what is typed by people, and the fewest characters of a value.
  private static let passwords: Set = ["password", "passwd", "pwd", "passphrase", "passwort"]
  /// Names of what machines make.
  private static let keys: Set = [
    "api_key", "apikey", "api-key", "api_secret", "secret", "secret_key", "secretkey",
    "client_secret", "access_token", "auth_token", "access_key", "token", "private_key",
    "x-api-key",
  ]

  static func end(in text: ByteText, from start: Int) -> Int? {
    let quotes: Set<UInt8> = [0x22, 0x27, 0x60]
    let isQuoted = quotes.contains(text[start - 1])
    let sign = text.end(before: isQuoted ? start - 1 : start, skipping: [0x20])
    guard text[sign - 1] == 0x3A || text[sign - 1] == 0x3D else { return nil }
    let nameEnd = text.end(before: sign - 1, skipping: quotes.union([0x20]))
    let name = text.word(before: nameEnd).letters
    let isPassword = passwords.contains(name)
    guard isPassword || keys.contains(name) || keys.contains(where: { name.hasSuffix("_" + $0) })
    else { return nil }
    var end = text.end(from: start) { index in
      text[index] > 0x20 && !quotes.contains(text[index]) && ![0x2C, 0x3B].contains(text[index])
    }
    // A sentence's end is no part of the value.
    while !isQuoted, end > start, [0x2E, 0x21, 0x3F].contains(text[end - 1]) { end -= 1 }
    let value = text.bytes[start..<end]
    guard value.count >= (isPassword ? 6 : 16), value.count <= 256, !standsForAnother(value)
    else { return nil }
    let hasDigit = value.contains { (0x30...0x39).contains($0) }
    return hasDigit || (isQuoted && isPassword) ? end : nil
  }

  private static func standsForAnother(_ value: ArraySlice<UInt8>) -> Bool {
    let brackets: Set<UInt8> = [0x28, 0x29, 0x3C, 0x3E, 0x5B, 0x5D, 0x7B, 0x7D]
    if value.contains(where: { brackets.contains($0) }) || Set(value).count <= 2 { return true }
    let text = String(decoding: value, as: UTF8.self).lowercased()
    return ["your", "example", "changeme", "placeholder", "http"].contains { text.hasPrefix($0) }
  }
}

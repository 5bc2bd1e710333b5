/// UTF-8 that was read as Windows-1252 or Latin-1, such as `cafÃ©`, put right.
///
/// Only character sequences that spell well-formed UTF-8 in Windows-1252 are candidates. Those that
/// no language writes (`Ã©`, `â€™`, `ðŸ˜€`, any with a control character) are mended wherever they stand;
/// those that could be meant (`Ã“`, `é…»`) only where there are three or more of them in the text, or
/// where two of three characters follow each other (`æ—¥æœ¬`).
enum Mojibake {
  /// `text` with the sequences put right; nil when there is none.
  static func repaired(_ text: String) -> String? {
    var best: String?
    // What went wrong twice needs two repairs.
    for _ in 0..<3 {
      guard let better = repairedOnce(best ?? text) else { break }
      best = better
    }
    return best
  }

  private static func repairedOnce(_ text: String) -> String? {
    guard text.utf8.contains(where: { $0 >= 0xC2 }) else { return nil }
    let scalars = Array(text.unicodeScalars)
    let found = sequences(scalars)
    let doubtful = found.count { !$0.isSure }
    let taken = trusting(found).filter { $0.isSure || doubtful >= 3 }
    guard !taken.isEmpty else { return nil }
    var result = String.UnicodeScalarView()
    var next = 0
    for sequence in taken {
      result.append(contentsOf: scalars[next..<sequence.range.lowerBound])
      result.append(sequence.meant)
      next = sequence.range.upperBound
    }
    result.append(contentsOf: scalars[next...])
    return String(result)
  }

  /// Characters that spell another one.
  private struct Sequence {
    var range: Range<Int>
    var meant: Unicode.Scalar
    var isSure: Bool
  }

  private static func sequences(_ scalars: [Unicode.Scalar]) -> [Sequence] {
    var found: [Sequence] = []
    var index = 0
    while index < scalars.count {
      if let sequence = sequence(scalars, at: index) {
        found.append(sequence)
        index = sequence.range.upperBound
      } else {
        index += 1
      }
    }
    return found
  }

  /// `found`, in which those of three characters and more that touch each other are sure.
  private static func trusting(_ found: [Sequence]) -> [Sequence] {
    var found = found
    for index in found.indices.dropFirst() {
      let (one, other) = (found[index - 1].range, found[index].range)
      guard one.upperBound == other.lowerBound, one.count >= 3, other.count >= 3 else { continue }
      found[index - 1].isSure = true
      found[index].isSure = true
    }
    return found
  }

  private static func sequence(_ scalars: [Unicode.Scalar], at start: Int) -> Sequence? {
    guard let lead = byte(scalars[start]), (0xC2...0xF4).contains(lead) else { return nil }
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard start + length <= scalars.count else { return nil }
    let bytes = scalars[start..<start + length].compactMap(byte)
    guard bytes.count == length, let text = String(validating: bytes, as: UTF8.self),
      let meant = text.unicodeScalars.first, meant.value >= 0xA0
    else { return nil }
    let hasControl = scalars[start..<start + length].contains { Self.isControl($0) }
    return Sequence(
      range: start..<start + length, meant: meant, isSure: hasControl || isSure(bytes))
  }

  /// Whether `scalar` is a control character that is not the punctuation of Windows-1252 either.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    (0x80..<0xA0).contains(scalar.value) && ![0x82, 0x84, 0x85].contains(scalar.value)
      && !(0x91...0x97).contains(scalar.value)
  }

  /// Whether no language writes these characters one after another.
  private static func isSure(_ bytes: [UInt8]) -> Bool {
    switch (bytes[0], bytes[1]) {
    // Â and Ã before a sign that stands in no word, but for quotation marks.
    case (0xC2, 0xA0...0xBF), (0xC3, 0xA0...0xBF): bytes[1] != 0xAB && bytes[1] != 0xBB
    // Ã and a control character of Latin-1, or a sign such as Ÿ that no word puts there.
    case (0xC3, 0x80...0x9F):
      ![0x91, 0x92, 0x93, 0x94, 0x84, 0x82, 0x85, 0x96, 0x97].contains(bytes[1])
    // â€ begins the punctuation of U+2000…, â‚¬ is the euro, ðŸ begins the emoji.
    case (0xE2, 0x80), (0xE2, 0x82), (0xE2, 0x84), (0xF0, 0x9F): true
    default: false
    }
  }

  /// The byte that Windows-1252, or Latin-1 where that has none, reads as `scalar`.
  static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    scalar.value < 0x100 ? UInt8(scalar.value) : windows[scalar]
  }

  /// The character that Windows-1252 has at a byte of 80…9F; nil where it has none.
  static func character(_ byte: UInt8) -> Unicode.Scalar? {
    windows.first { $0.value == byte }?.key
  }

  private static let windows: [Unicode.Scalar: UInt8] = [
    "€": 0x80, "‚": 0x82, "ƒ": 0x83, "„": 0x84, "…": 0x85, "†": 0x86, "‡": 0x87, "ˆ": 0x88,
    "‰": 0x89, "Š": 0x8A, "‹": 0x8B, "Œ": 0x8C, "Ž": 0x8E, "‘": 0x91, "’": 0x92, "“": 0x93,
    "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97, "˜": 0x98, "™": 0x99, "š": 0x9A, "›": 0x9B,
    "œ": 0x9C, "ž": 0x9E, "Ÿ": 0x9F,
  ]
}

/// The normalization forms of Unicode (UAX 15), over the table in NormalizationTable.swift.
struct UnicodeNormalizer: Normalizer {
  enum Form: Sendable {
    case nfc, nfd, nfkc, nfkd

    var composes: Bool { self == .nfc || self == .nfkc }
    var isCompatible: Bool { self == .nfkc || self == .nfkd }
  }

  /// A scalar of the new text.
  private struct Piece {
    var value: UInt32
    var combiningClass: UInt8
    /// How many scalars the new text has gained with it: 1 for the rest of a decomposition, -1 for
    /// one that was joined from two.
    var change: Int
  }

  let form: Form

  func normalize(_ text: inout NormalizedText) {
    if text.bytes.allSatisfy({ $0 < firstLead }) { return }
    let old = text
    let decompositions = Decompositions.shared
    let isStable = old.bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        let next = scalar(bytes, at: index)
        if !decompositions.isStable(next.value, form) { return false }
        index += next.length
      }
      return true
    }
    if isStable { return }
    var pieces = decomposed(old.bytes, decompositions)
    reorder(&pieces)
    if form.composes { pieces = composed(pieces, decompositions) }
    text.rewrite(pieces.lazy.map { PlacedScalar(value: $0.value, change: $0.change) })
  }

  /// Below this byte no scalar begins that the form changes.
  private var firstLead: UInt8 {
    switch form {
    case .nfc: 0xCC  // U+0300
    case .nfd: 0xC3  // U+00C0
    case .nfkc, .nfkd: 0xC2  // U+00A0
    }
  }

  private func decomposed(_ bytes: [UInt8], _ table: Decompositions) -> [Piece] {
    var pieces: [Piece] = []
    pieces.reserveCapacity(bytes.count)
    bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        let next = scalar(bytes, at: index)
        var change = 0
        table.decompose(next.value, isCompatible: form.isCompatible) { value in
          pieces.append(
            Piece(value: value, combiningClass: combiningClass(value), change: change))
          change = 1
        }
        index += next.length
      }
    }
    return pieces
  }

  /// Sorts each run of marks by combining class, stably.
  private func reorder(_ pieces: inout [Piece]) {
    var start = 0
    while start < pieces.count {
      guard pieces[start].combiningClass != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < pieces.count, pieces[end].combiningClass != 0 { end += 1 }
      let run = pieces[start..<end].enumerated().sorted {
        ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
      }
      pieces.replaceSubrange(start..<end, with: run.map(\.element))
      start = end
    }
  }

  private func composed(_ pieces: [Piece], _ table: Decompositions) -> [Piece] {
    var result: [Piece] = []
    result.reserveCapacity(pieces.count)
    var starter: Int?
    var lastClass = -1
    for piece in pieces {
      let isNextToStarter = lastClass < Int(piece.combiningClass)
      if let starter, isNextToStarter,
        let value = table.composition(result[starter].value, piece.value)
      {
        result[starter].value = value
        result[starter].change += piece.change - 1
        continue
      }
      result.append(piece)
      if piece.combiningClass == 0 {
        starter = result.count - 1
        lastClass = -1
      } else {
        lastClass = Int(piece.combiningClass)
      }
    }
    return result
  }
}

private func combiningClass(_ value: UInt32) -> UInt8 {
  value < 0x300 ? 0 : Unicode.Scalar(value)?.properties.canonicalCombiningClass.rawValue ?? 0
}

/// What scalars decompose to, and which pairs compose.
struct Decompositions: Sendable {
  static let shared = Decompositions()

  private var canonical: [UInt32: [UInt32]] = [:]
  private var compatible: [UInt32: [UInt32]] = [:]
  private var compositions: [UInt64: UInt32] = [:]
  /// Scalars that may join the one before them.
  private var seconds: Set<UInt32> = []
  /// Scalars that have a decomposition and do not compose again.
  private var excluded: Set<UInt32> = []

  /// Reads entries such as `C0=41,300`, with `!` before scalars that are never composed.
  private init() {
    for entry in NormalizationTable.canonical.split(separator: " ") {
      let isExcluded = entry.hasPrefix("!")
      guard let (value, parts) = Self.read(isExcluded ? entry.dropFirst() : entry) else { continue }
      canonical[value] = parts
      if isExcluded {
        excluded.insert(value)
      } else if parts.count == 2 {
        compositions[UInt64(parts[0]) << 32 | UInt64(parts[1])] = value
        seconds.insert(parts[1])
      }
    }
    for entry in NormalizationTable.compatible.split(separator: " ") {
      if let (value, parts) = Self.read(entry) { compatible[value] = parts }
    }
  }

  private static func read(_ entry: some StringProtocol) -> (UInt32, [UInt32])? {
    let sides = entry.split(separator: "=")
    guard sides.count == 2, let value = UInt32(sides[0], radix: 16) else { return nil }
    return (value, sides[1].split(separator: ",").compactMap { UInt32($0, radix: 16) })
  }

  /// Whether a text of only such scalars is in the form already.
  func isStable(_ value: UInt32, _ form: UnicodeNormalizer.Form) -> Bool {
    if value < 0xA0 { return true }
    if combiningClass(value) != 0 { return false }
    if form.isCompatible, compatible[value] != nil { return false }
    if form.composes {
      return !excluded.contains(value) && !seconds.contains(value)
        && !(Hangul.firstVowel..<Hangul.firstVowel + Hangul.vowels).contains(value)
        && !(Hangul.firstTail..<Hangul.firstTail + Hangul.tails).contains(value)
    }
    return canonical[value] == nil && !Hangul.syllables.contains(value)
  }

  /// Gives the full decomposition of `value`, scalar by scalar.
  func decompose(_ value: UInt32, isCompatible: Bool, _ body: (UInt32) -> Void) {
    if value < 0xA0 { return body(value) }
    if Hangul.syllables.contains(value) {
      let index = value - Hangul.syllables.lowerBound
      body(Hangul.firstLead + index / (Hangul.vowels * Hangul.tails))
      body(Hangul.firstVowel + index / Hangul.tails % Hangul.vowels)
      if index % Hangul.tails != 0 { body(Hangul.firstTail + index % Hangul.tails) }
      return
    }
    guard let parts = canonical[value] ?? (isCompatible ? compatible[value] : nil) else {
      return body(value)
    }
    for part in parts { decompose(part, isCompatible: isCompatible, body) }
  }

  /// The scalar that `first` and `second` compose to.
  func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if let value = compositions[UInt64(first) << 32 | UInt64(second)] { return value }
    if (Hangul.firstLead..<Hangul.firstLead + Hangul.leads).contains(first),
      (Hangul.firstVowel..<Hangul.firstVowel + Hangul.vowels).contains(second)
    {
      let index = (first - Hangul.firstLead) * Hangul.vowels + second - Hangul.firstVowel
      return Hangul.syllables.lowerBound + index * Hangul.tails
    }
    if Hangul.syllables.contains(first),
      (first - Hangul.syllables.lowerBound) % Hangul.tails == 0,
      (Hangul.firstTail + 1..<Hangul.firstTail + Hangul.tails).contains(second)
    {
      return first + second - Hangul.firstTail
    }
    return nil
  }
}

/// The arithmetic of Hangul syllables (The Unicode Standard, section 3.12).
private enum Hangul {
  static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
  static let firstLead: UInt32 = 0x1100
  static let firstVowel: UInt32 = 0x1161
  static let firstTail: UInt32 = 0x11A7
  static let leads: UInt32 = 19
  static let vowels: UInt32 = 21
  static let tails: UInt32 = 28
}

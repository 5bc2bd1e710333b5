/// Where a part occurs in a text, in time that grows with their lengths and not with the product.
///
/// The algorithm is Crochemore and Perrin's, "Two-way string-matching" (1991), in which the part is
/// cut at a place of largest period; nothing is kept beside four numbers.
struct TextSearch {
  private let part: UnsafeBufferPointer<UInt8>
  /// Where the part is cut, and how far it moves after a match.
  private var cut = -1
  private var period = 1
  /// Whether the whole part repeats with the period.
  private var repeats = false

  init(_ part: UnsafeBufferPointer<UInt8>) {
    self.part = part
    let (a, b) = (largestSuffix { $0 < $1 }, largestSuffix { $0 > $1 })
    (cut, period) = a.cut > b.cut ? a : b
    repeats =
      cut + 1 + period <= part.count
      && (0..<cut + 1).allSatisfy { [part, period] in part[$0] == part[$0 + period] }
    if !repeats { period = max(cut + 1, part.count - cut - 1) + 1 }
  }

  /// The largest suffix in the order `isLess`: the place before it, and its period.
  private func largestSuffix(_ isLess: (UInt8, UInt8) -> Bool) -> (cut: Int, period: Int) {
    var (cut, other, offset, period) = (-1, 0, 1, 1)
    while other + offset < part.count {
      let (a, b) = (part[other + offset], part[cut + offset])
      if isLess(a, b) {
        other += offset
        offset = 1
        period = other - cut
      } else if a == b {
        if offset == period {
          other += period
          offset = 1
        } else {
          offset += 1
        }
      } else {
        cut = other
        other = cut + 1
        offset = 1
        period = 1
      }
    }
    return (cut, period)
  }

  /// The first place at or after `start` where the part, which is not empty, occurs in `text`.
  func first(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var place = start
    // How much of the part's beginning is known to match.
    var known = -1
    while place <= text.count - part.count {
      var index = max(cut, known) + 1
      while index < part.count, part[index] == text[place + index] { index += 1 }
      if index < part.count {
        place += index - cut
        known = -1
        continue
      }
      index = cut
      while index > known, part[index] == text[place + index] { index -= 1 }
      if index <= known { return place }
      place += period
      known = repeats ? part.count - period - 1 : -1
    }
    return nil
  }
}

extension PythonText {
  /// The first byte at or after `start` where `part` occurs in `text`.
  static func firstOffset(of part: String, in text: String, from start: Int = 0) -> Int? {
    withBytes(part) { part in
      withBytes(text) { text in
        guard let first = part.first else { return start <= text.count ? start : nil }
        guard part.count <= 16 else { return TextSearch(part).first(in: text, from: start) }
        var place = start
        while place <= text.count - part.count {
          guard let found = text[place...].firstIndex(of: first), found <= text.count - part.count
          else { return nil }
          if part.indices.allSatisfy({ part[$0] == text[found + $0] }) { return found }
          place = found + 1
        }
        return nil
      }
    }
  }

  private static func withBytes<Result>(
    _ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(text.utf8).withUnsafeBufferPointer(body)
  }

  /// Where `part` first occurs in `text`, by code points.
  static func firstRange(
    of part: String, in text: String, from start: String.Index? = nil
  ) -> Range<String.Index>? {
    let bytes = text.utf8
    let from = start.map { bytes.distance(from: bytes.startIndex, to: $0) } ?? 0
    return firstOffset(of: part, in: text, from: from).map { offset in
      let lower = bytes.index(bytes.startIndex, offsetBy: offset)
      return lower..<bytes.index(lower, offsetBy: part.utf8.count)
    }
  }

  /// Where `part` last occurs in `text`, by code points.
  static func lastRange(of part: String, in text: String) -> Range<String.Index>? {
    let (needle, haystack) = (Array(part.utf8.reversed()), Array(text.utf8.reversed()))
    guard !needle.isEmpty else { return text.endIndex..<text.endIndex }
    let found = needle.withUnsafeBufferPointer { needle in
      haystack.withUnsafeBufferPointer { TextSearch(needle).first(in: $0, from: 0) }
    }
    return found.map { offset in
      let upper = text.utf8.index(text.startIndex, offsetBy: haystack.count - offset)
      return text.utf8.index(upper, offsetBy: -needle.count)..<upper
    }
  }
}

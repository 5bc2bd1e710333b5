/// The shingles of a text: its runs of `width` words, each as a 64-bit hash, as a set.
///
/// Signs are words of their own (see `TextSigns`).
/// Broder, "On the resemblance and containment of documents" (1997).
struct Shingles: Sendable, Hashable {
  /// The hashes in rising order, each once.
  let hashes: [UInt64]
  /// How many words the text has, signs left out.
  let words: Int

  /// The shingles of `text`; one of all words when there are fewer than `width`.
  init(_ text: String, width: Int) { self.init(TextWords(text, signs: true), width: width) }

  /// The shingles of `words`.
  init(_ words: TextWords, width: Int) {
    self.words = words.hashes.count - words.signs
    hashes = Self.unique(Self.runs(of: words.hashes, width: max(1, width)))
  }

  /// The hash of every run of `width` words, in the order of the text.
  static func runs(of words: [UInt64], width: Int) -> [UInt64] {
    guard !words.isEmpty else { return [] }
    let width = min(width, words.count)
    return (0...(words.count - width)).map { start in
      var hash: UInt64 = 0
      for word in words[start..<start + width] { hash = WordHash.mixed(hash ^ word) }
      return hash
    }
  }

  private static func unique(_ hashes: [UInt64]) -> [UInt64] {
    let sorted = hashes.sorted()
    var result: [UInt64] = []
    result.reserveCapacity(sorted.count)
    for hash in sorted where hash != result.last { result.append(hash) }
    return result
  }

  /// One hash of the whole set.
  var fingerprint: UInt64 { hashes.reduce(UInt64(hashes.count)) { WordHash.mixed($0 ^ $1) } }

  /// Jaccard's index of both sets, 0…1: how much of their union they share.
  func resemblance(to other: Shingles) -> Double {
    var (a, b, common) = (0, 0, 0)
    while a < hashes.count, b < other.hashes.count {
      if hashes[a] == other.hashes[b] {
        (a, b, common) = (a + 1, b + 1, common + 1)
      } else if hashes[a] < other.hashes[b] {
        a += 1
      } else {
        b += 1
      }
    }
    let union = hashes.count + other.hashes.count - common
    return union == 0 ? 1 : Double(common) / Double(union)
  }
}

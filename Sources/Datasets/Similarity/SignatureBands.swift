/// Tables, one a band, in which texts are found again by the bands of their signatures.
///
/// They take some 12 to 16 bytes a text and band. Tables may be read by several threads, and be added
/// to by one while none reads.
struct SignatureBands: Sendable {
  private let banding: Banding
  private let hash: MinHash
  private let count: Int
  private let buckets: Int
  /// The last text added to each bucket, and the one before each text; −1 for none.
  private let last: Shared<Int32>
  private let before: Shared<Int32>
  /// The keys of the texts that were added.
  private let keys: Shared<UInt32>

  /// Empty tables for `count` texts, of which pairs of resemblance `threshold` meet.
  init(threshold: Double, count: Int, seed: UInt64) {
    banding = Banding(threshold: threshold)
    hash = MinHash(count: banding.places, seed: seed)
    self.count = count
    var buckets = 1
    while buckets < count { buckets *= 2 }
    self.buckets = buckets
    last = Shared([Int32](repeating: -1, count: banding.bands * buckets))
    before = Shared([Int32](repeating: -1, count: banding.bands * count))
    keys = Shared([UInt32](repeating: 0, count: banding.bands * count))
  }

  /// The key of each band of a text with `shingles`; those of unlike `group` are unlike.
  func keys(of shingles: Shingles, group: UInt64) -> [UInt32] {
    let signature = [UInt32](unsafeUninitializedCapacity: hash.count) { buffer, filled in
      buffer.initialize(repeating: 0)
      hash.sign(shingles, into: buffer)
      filled = hash.count
    }
    return (0..<banding.bands).map { band in
      var key = group
      for place in 0..<banding.rows {
        key = WordHash.mixed(key ^ UInt64(signature[band * banding.rows + place]))
      }
      return UInt32(truncatingIfNeeded: key)
    }
  }

  /// The texts added that have one of `own` keys, those with the most before the others.
  ///
  /// - Parameters:
  ///   - most: how many are looked at in a band, the last added first, and how many are given:
  ///     thousands of texts may share a band without resembling each other otherwise.
  ///   - isWanted: the first text that is not ends a band's search.
  func candidates(
    of own: [UInt32], most: Int, while isWanted: (Int) -> Bool = { _ in true }
  ) -> [Int] {
    var shared: [Int: Int] = [:]
    for (band, key) in own.enumerated() {
      var next = Int(last[bucket(band, key)])
      var found = 0
      while next >= 0, found < most, isWanted(next) {
        let place = band * count + next
        if keys[place] == key {
          shared[next, default: 0] += 1
          found += 1
        }
        next = Int(before[place])
      }
    }
    return shared.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map(\.key)
  }

  /// Adds the text `row`, which has `own` keys.
  func add(_ row: Int, _ own: [UInt32]) {
    for (band, key) in own.enumerated() {
      let bucket = bucket(band, key)
      keys.set(key, at: band * count + row)
      before.set(last[bucket], at: band * count + row)
      last.set(Int32(truncatingIfNeeded: row), at: bucket)
    }
  }

  private func bucket(_ band: Int, _ key: UInt32) -> Int {
    band * buckets + Int(key) & (buckets - 1)
  }
}

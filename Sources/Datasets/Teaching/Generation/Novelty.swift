internal import AnnealFiles

/// Texts so far, of which none is like another: found by MinHash signatures in bands, and compared
/// exactly.
struct Novelty {
  private let threshold: Double
  private let banding: Banding
  private let hash: MinHash
  private var texts: [(text: String, shingles: Shingles)] = []
  private var bands: [[UInt64: [Int]]]

  /// No texts yet.
  ///
  /// - Parameter threshold: Jaccard's index of pairs of words from which on two texts are alike.
  init(threshold: Double) {
    self.threshold = min(max(threshold, 0.1), 1)
    banding = Banding(threshold: self.threshold)
    hash = MinHash(count: banding.places, seed: 17)
    bands = Array(repeating: [:], count: banding.bands)
  }

  /// Adds `text`, unless it is like an earlier one, which is returned then.
  mutating func add(_ text: String) -> String? {
    let shingles = Shingles(text, width: 2)
    let keys = keys(of: shingles)
    let candidates = Set(zip(bands, keys).flatMap { $0[$1] ?? [] })
    for candidate in candidates.sorted()
    where texts[candidate].shingles.resemblance(to: shingles) >= threshold {
      return texts[candidate].text
    }
    for (band, key) in keys.enumerated() { bands[band][key, default: []].append(texts.count) }
    texts.append((text, shingles))
    return nil
  }

  /// A key of each band of the signature.
  private func keys(of shingles: Shingles) -> [UInt64] {
    var signature = [UInt32](repeating: 0, count: hash.count)
    signature.withUnsafeMutableBufferPointer { hash.sign(shingles, into: $0) }
    return (0..<banding.bands).map { band in
      signature[band * banding.rows..<(band + 1) * banding.rows].reduce(UInt64(band)) {
        WordHash.mixed($0 ^ UInt64($1))
      }
    }
  }
}

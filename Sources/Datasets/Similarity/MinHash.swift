/// Signatures of sets: two sets agree in a place of them with the probability of their resemblance.
///
/// Broder 1997; the permutations are multiply-shift functions (Dietzfelbinger et al. 1997) of hashes
/// whose bits are mixed already. A signature of `count` places takes 4 bytes a place.
struct MinHash: Sendable {
  /// How many places a signature has.
  let count: Int
  private let factors: [UInt64]
  private let summands: [UInt64]

  /// Functions drawn by `seed`.
  init(count: Int, seed: UInt64) {
    self.count = count
    var numbers = SeededNumbers(seed, 0x4D69_6E48)
    factors = (0..<count).map { _ in numbers.next() | 1 }
    summands = (0..<count).map { _ in numbers.next() }
  }

  /// Writes the signature of `shingles` to the `count` places from `signature` on.
  func sign(_ shingles: Shingles, into signature: UnsafeMutableBufferPointer<UInt32>) {
    shingles.hashes.withUnsafeBufferPointer { hashes in
      for place in 0..<min(count, signature.count) {
        let (factor, summand) = (factors[place], summands[place])
        // The upper half alone is compared, and the least of wholes has the least upper half.
        var least = UInt64.max
        for hash in hashes { least = min(least, factor &* hash &+ summand) }
        signature[place] = UInt32(truncatingIfNeeded: least >> 32)
      }
    }
  }
}

/// How the places of a signature are grouped into bands: rows that agree in a whole band are compared.
///
/// Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3.4.
struct Banding: Sendable, Hashable {
  /// How many bands there are.
  let bands: Int
  /// How many places a band has.
  let rows: Int

  /// Places of a signature at most: 512 bytes of 4 each.
  static let mostPlaces = 128

  /// The longest bands with which two sets of resemblance `threshold` meet with a probability of
  /// `recall` or more: the fewest comparisons in vain.
  init(threshold: Double, recall: Double = 0.99) {
    let fitting = (1...16).reversed().lazy.compactMap { rows -> Banding? in
      let most = Self.mostPlaces / rows
      let wanted = (1...most).first {
        Self(bands: $0, rows: rows).probability(at: threshold) >= recall
      }
      return wanted.map { Self(bands: $0, rows: rows) }
    }
    self = fitting.first ?? Self(bands: Self.mostPlaces, rows: 1)
  }

  private init(bands: Int, rows: Int) { (self.bands, self.rows) = (bands, rows) }

  /// The probability that two sets of `resemblance` agree in a band: 1 − (1 − sʳ)ᵇ.
  func probability(at resemblance: Double) -> Double {
    var agreeing = 1.0
    for _ in 0..<rows { agreeing *= resemblance }
    var none = 1.0
    for _ in 0..<bands { none *= 1 - agreeing }
    return 1 - none
  }

  /// How many places are used.
  var places: Int { bands * rows }
}

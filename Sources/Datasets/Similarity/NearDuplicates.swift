/// Finds texts that are nearly the same: MinHash signatures, candidates band by band, and an exact
/// comparison of the shingles of each candidate pair.
///
/// Memory is that of the signatures, at most 512 bytes a text, and of one band; texts are asked for
/// again to be compared, and not held. The result does not depend on the number of threads.
public struct NearDuplicates: Sendable {
  /// What counts as nearly the same.
  public struct Settings: Sendable, Hashable {
    /// Jaccard's index of the shingles from which on two texts are the same, 0.1…1.
    public var threshold: Double
    /// Words of a shingle.
    public var width: Int
    /// Texts of fewer words are left alone: one word may turn what they say.
    public var leastWords: Int
    /// The functions of the signatures are drawn by this.
    public var seed: UInt64
    /// Threads; all cores by default.
    public var threads: Int?

    /// Settings.
    public init(
      threshold: Double = 0.8, width: Int = 3, leastWords: Int = 8, seed: UInt64 = 17,
      threads: Int? = nil
    ) {
      self.threshold = min(max(threshold, 0.1), 1)
      self.width = max(1, width)
      self.leastWords = leastWords
      self.seed = seed
      self.threads = threads
    }
  }

  /// Earlier texts of a run of equal bands that one is compared with, at most: thousands of texts may
  /// share a band without resembling each other otherwise.
  private static let mostCompared = 64

  private let settings: Settings
  private let banding: Banding

  /// A search with `settings`.
  public init(_ settings: Settings = Settings()) {
    self.settings = settings
    banding = Banding(threshold: settings.threshold)
  }

  /// For each of `count` texts, the least number of the texts that it is nearly the same as, directly
  /// or through others; its own number when there is none.
  ///
  /// - Parameters:
  ///   - class: texts of unlike classes are never the same.
  ///   - text: the text of a number; called by several threads.
  public func firsts(
    count: Int, class: (@Sendable (Int) throws -> UInt64)? = nil,
    text: @escaping @Sendable (Int) throws -> String
  ) throws -> [Int] {
    guard count > 1 else { return Array(0..<count) }
    let classes = try `class`.map { body in
      try ParallelRows.map(count, threads: settings.threads, filler: 0, body)
    }
    var sets = DisjointSets(count: count)
    let (signatures, prints) = try WorkProgress.part(0..<1, of: 2) { try signed(count, text) }
    var members = alike(prints.takeAll(), classes, &sets)
    members.removeAll { prints[$0] == Self.short }
    for band in 0..<banding.bands {
      let pairs = candidates(members, band, signatures, classes, &sets)
      // Comparing takes about as long as signing.
      let step = banding.bands + band
      let same = try WorkProgress.part(step..<step + 1, of: 2 * banding.bands) {
        try compared(pairs, text)
      }
      for (pair, isSame) in zip(pairs, same) where isSame { sets.unite(pair.0, pair.1) }
    }
    return sets.firsts()
  }

  /// The print of texts that are left alone.
  private static let short: UInt64 = 0

  private func shingles(_ text: String) -> Shingles { Shingles(text, width: settings.width) }

  /// The signature and the fingerprint of every text.
  private func signed(
    _ count: Int, _ text: @Sendable (Int) throws -> String
  ) throws -> (signatures: Shared<UInt32>, prints: Shared<UInt64>) {
    let hash = MinHash(count: banding.places, seed: settings.seed)
    let signatures = Shared([UInt32](repeating: 0, count: count * hash.count))
    let prints = Shared([UInt64](repeating: Self.short, count: count))
    try ParallelRows.forEachRange(of: count, threads: settings.threads) { range in
      for row in range {
        let shingles = shingles(try text(row))
        guard shingles.words >= max(1, settings.leastWords) else { continue }
        prints.set(max(1, shingles.fingerprint), at: row)
        hash.sign(shingles, into: signatures.part(row * hash.count..<(row + 1) * hash.count))
      }
    }
    return (signatures, prints)
  }

  /// Unites texts of the same shingles; the first of each remain to be compared.
  private func alike(
    _ prints: [UInt64], _ classes: [UInt64]?, _ sets: inout DisjointSets
  ) -> [Int] {
    var seen: [SIMD2<UInt64>: Int] = [:]
    var members: [Int] = []
    for (row, print) in prints.enumerated() where print != Self.short {
      let key = SIMD2(print, classes?[row] ?? 0)
      if let first = seen[key] {
        sets.unite(first, row)
      } else {
        seen[key] = row
        members.append(row)
      }
    }
    return members
  }

  /// Pairs that agree in `band` and are not known to be the same.
  private func candidates(
    _ members: [Int], _ band: Int, _ signatures: Shared<UInt32>, _ classes: [UInt64]?,
    _ sets: inout DisjointSets
  ) -> [(Int, Int)] {
    var keyed: [(key: UInt64, row: Int32)] = members.map { row in
      let start = row * banding.places + band * banding.rows
      var key = classes?[row] ?? 0
      for place in signatures.part(start..<start + banding.rows) {
        key = WordHash.mixed(key ^ UInt64(place))
      }
      return (key, Int32(truncatingIfNeeded: row))
    }
    guard !keyed.isEmpty else { return [] }
    keyed.sort { ($0.key, $0.row) < ($1.key, $1.row) }
    var pairs: [(Int, Int)] = []
    var start = 0
    for end in 1...keyed.count where end == keyed.count || keyed[end].key != keyed[start].key {
      for later in start..<end {
        var compared = 0
        for earlier in (start..<later).reversed() where compared < Self.mostCompared {
          let (a, b) = (Int(keyed[earlier].row), Int(keyed[later].row))
          guard sets.first(of: a) != sets.first(of: b) else { continue }
          pairs.append((a, b))
          compared += 1
        }
      }
      start = end
    }
    return pairs
  }

  private func compared(
    _ pairs: [(Int, Int)], _ text: @Sendable (Int) throws -> String
  ) throws -> [Bool] {
    try ParallelRows.map(pairs.count, size: 64, threads: settings.threads, filler: false) { index in
      let (a, b) = pairs[index]
      return shingles(try text(a)).resemblance(to: shingles(try text(b))) >= settings.threshold
    }
  }
}

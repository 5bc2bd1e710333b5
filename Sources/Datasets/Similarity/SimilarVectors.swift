/// Finds vectors that point the same way as one that is kept.
///
/// Up to `exactly` vectors are compared each with each. More are met by bands of random hyperplanes,
/// unless that is more work, and every pair that meets is compared exactly. Memory is that of the
/// vectors, and of the bands' tables: less than 800 bytes a vector. The result depends on the seed,
/// and not on the number of threads.
struct SimilarVectors: Sendable {
  /// The cosine from which on two vectors point the same way.
  let threshold: Double
  /// Vectors that are all compared with each other, at most.
  var exactly = 4096
  /// Vectors that take long to compare each with each: more than this.
  var many = 50_000
  /// The hyperplanes are drawn by this.
  var seed: UInt64 = 17
  /// Threads; all cores by default.
  var threads: Int?

  /// The vector that one repeats.
  struct Match: Sendable, Hashable {
    /// Its number.
    var row: Int
    /// The cosine of the angle between the two.
    var cosine: Float
  }

  /// What the sums of 4-byte numbers may be off by: a vector's cosine with itself is not quite 1.
  static let rounding: Float = 1e-6

  /// Vectors that are looked up at once, before those of them that stay are added.
  private static let block = 256

  /// For each vector, the one most like it that stays; nil for those that stay themselves.
  ///
  /// - Parameters:
  ///   - order: a vector goes for one that stands before it here; by number when nil.
  ///   - classes: vectors of unlike classes are never the same.
  func matches(
    in vectors: TextVectors, order: [Int]? = nil, classes: [UInt64]? = nil
  ) throws -> [Match?] {
    let order = order ?? Array(0..<vectors.count)
    let classes = classes ?? [UInt64](repeating: 0, count: vectors.count)
    let tables = banding(for: vectors).map { HyperplaneBands($0, vectors, classes, seed: seed) }
    var matches = [Match?](repeating: nil, count: vectors.count)
    var staying: [Int] = []
    for start in stride(from: 0, to: order.count, by: Self.block) {
      let range = start..<min(start + Self.block, order.count)
      let block = Array(order[range])
      let looked = try Self.telling(range, of: order.count, isQuadratic: tables == nil) {
        try lookedUp(block, tables, among: staying, vectors, classes)
      }
      var new: [Int] = []
      for (row, look) in zip(block, looked) {
        let nearest = Self.nearest(to: row, among: new, vectors, classes, from: look.match)
        if let nearest, nearest.cosine >= least {
          matches[row] = nearest
        } else {
          new.append(row)
          tables?.add(row, at: look.places)
        }
      }
      // The tables know them already.
      if tables == nil { staying += new }
    }
    return matches
  }

  private var least: Float { Float(threshold) - Self.rounding }

  /// What `body` comes to, which looks the vectors of `range` up among those before them.
  private static func telling<Result>(
    _ range: Range<Int>, of count: Int, isQuadratic: Bool, _ body: () throws -> Result
  ) rethrows -> Result {
    guard isQuadratic else { return try WorkProgress.part(range, of: count, body) }
    // Each is compared with all before it: the time grows with the square.
    let (start, end) = (range.lowerBound, range.upperBound)
    return try WorkProgress.part(start * start..<end * end, of: count * count, body)
  }

  /// Whether `vectors` are many, and lie so close together that each is compared with each.
  func isSlow(for vectors: TextVectors) -> Bool {
    vectors.count > many && banding(for: vectors) == nil
  }

  /// The bands by which `vectors` meet; nil where each is compared with each.
  private func banding(for vectors: TextVectors) -> HyperplaneBanding? {
    guard vectors.count > exactly else { return nil }
    var numbers = SeededNumbers(seed, 0x5061_6972_73)
    let cosines = (0..<1000).map { _ in
      Double(
        vectors.cosine(numbers.next(below: vectors.count), numbers.next(below: vectors.count)))
    }
    return HyperplaneBanding(threshold: threshold, rows: vectors.count, cosines: cosines)
  }

  /// What was found of a vector among those of earlier blocks.
  private struct Look: Sendable {
    var places: [Int] = []
    var match: Match?
  }

  private func lookedUp(
    _ block: [Int], _ tables: HyperplaneBands?, among staying: [Int], _ vectors: TextVectors,
    _ classes: [UInt64]
  ) throws -> [Look] {
    try ParallelRows.map(block.count, size: 8, threads: threads, filler: Look()) { index in
      let row = block[index]
      let places = tables?.places(of: row) ?? []
      let candidates = tables?.candidates(at: places) ?? staying
      return Look(
        places: places, match: Self.nearest(to: row, among: candidates, vectors, classes))
    }
  }

  /// The candidate of the greatest cosine with `row`, if that is greater than that of `match`; the
  /// first of equals.
  private static func nearest(
    to row: Int, among candidates: [Int], _ vectors: TextVectors, _ classes: [UInt64],
    from match: Match? = nil
  ) -> Match? {
    var nearest = match
    for other in candidates where classes[other] == classes[row] {
      let cosine = vectors.cosine(row, other)
      if nearest.map({ cosine > $0.cosine }) ?? true { nearest = Match(row: other, cosine: cosine) }
    }
    return nearest
  }
}

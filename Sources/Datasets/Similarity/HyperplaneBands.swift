#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How random hyperplanes are grouped into bands: vectors on the same sides of a whole band's planes
/// are compared.
///
/// Two vectors at the angle θ lie on the same side of a random plane with the probability 1 − θ/π
/// (Charikar 2002). That holds for the vectors as they are. With their mean taken out they would be
/// spread more evenly, but the angle between two of them would no longer bound how often they meet,
/// and the cosine that people give is that of the vectors as they are.
struct HyperplaneBanding: Sendable, Hashable {
  /// How many bands there are.
  let bands: Int
  /// How many planes a band has, at most 64.
  let planes: Int

  /// Bands at most: some 12 bytes each for every vector.
  static let mostBands = 64

  /// The bands with which two vectors of the cosine `threshold` meet with a probability of `recall`
  /// or more, at the least work; nil when comparing all is less.
  ///
  /// - Parameters:
  ///   - rows: how many vectors there are.
  ///   - cosines: those of pairs drawn at random, which tell how often vectors meet in vain.
  init?(threshold: Double, recall: Double = 0.99, rows: Int, cosines: [Double]) {
    let pairs = Double(rows) * Double(rows) / 2
    var best: (work: Double, banding: Self)?
    for planes in 1...64 {
      guard let banding = Self(planes: planes, threshold: threshold, recall: recall) else {
        continue
      }
      let met = cosines.reduce(0.0) { $0 + banding.probability(at: $1) }
      let work =
        Double(rows) * Double(banding.bands * planes) + pairs * met / Double(max(1, cosines.count))
      if best.map({ work < $0.work }) ?? true { best = (work, banding) }
    }
    guard let best, best.work < pairs else { return nil }
    self = best.banding
  }

  /// As many bands of `planes` planes as give `recall`; nil when those are too many.
  private init?(planes: Int, threshold: Double, recall: Double) {
    let one = pow(Self.agreement(at: threshold), Double(planes))
    let bands = (log(1 - recall) / log(1 - one)).rounded(.up)
    guard (0...Double(Self.mostBands)).contains(bands) else { return nil }
    (self.bands, self.planes) = (max(1, Int(bands)), planes)
  }

  /// The probability that vectors of the cosine `cosine` lie on the same side of a plane.
  private static func agreement(at cosine: Double) -> Double {
    1 - acos(min(max(cosine, -1), 1)) / Double.pi
  }

  /// The probability that vectors of the cosine `cosine` meet in a band: 1 − (1 − pᵏ)ᵇ.
  func probability(at cosine: Double) -> Double {
    1 - pow(1 - pow(Self.agreement(at: cosine), Double(planes)), Double(bands))
  }
}

/// Tables, one a band, in which vectors are found again by the sides of the planes they lie on.
///
/// Each takes 8 to 12 bytes a vector. Tables may be read by several threads, and be added to by one
/// while none reads.
struct HyperplaneBands: Sendable {
  private let banding: HyperplaneBanding
  private let vectors: TextVectors
  private let classes: [UInt64]
  private let normals: [Float]
  /// The last vector added to each bucket, and the one before each vector; −1 for none.
  private let last: Shared<Int32>
  private let before: Shared<Int32>
  private let buckets: Int

  /// Empty tables for `vectors`; those of unlike `classes` seldom meet.
  init(_ banding: HyperplaneBanding, _ vectors: TextVectors, _ classes: [UInt64], seed: UInt64) {
    (self.banding, self.vectors, self.classes) = (banding, vectors, classes)
    var buckets = 1
    while buckets < vectors.count { buckets *= 2 }
    self.buckets = buckets
    last = Shared([Int32](repeating: -1, count: banding.bands * buckets))
    before = Shared([Int32](repeating: -1, count: banding.bands * vectors.count))
    normals = Self.normals(banding.bands * banding.planes * vectors.dimension, seed)
  }

  /// Numbers of a normal distribution (Box and Muller 1958): as a plane's normal they have no
  /// preferred direction.
  private static func normals(_ count: Int, _ seed: UInt64) -> [Float] {
    var numbers = SeededNumbers(seed, 0x506C_616E_6573)
    func unit() -> Double { Double(numbers.next() >> 11) / Double(1 << 53) }
    return (0..<count).map { _ in
      let length = (-2 * log(1 - unit())).squareRoot()
      return Float(length * cos(2 * Double.pi * unit()))
    }
  }

  /// The bucket of the vector `row` in each band.
  func places(of row: Int) -> [Int] {
    normals.withUnsafeBufferPointer { normals in
      guard let start = normals.baseAddress else { return [] }
      return (0..<banding.bands).map { band in
        let sides = vectors.sides(
          row, of: start + band * banding.planes * vectors.dimension, planes: banding.planes)
        let key = WordHash.mixed(WordHash.mixed(sides) ^ classes[row])
        return band * buckets + Int(truncatingIfNeeded: key) & (buckets - 1)
      }
    }
  }

  /// The vectors that were added and share one of `places`, each once, in their order.
  func candidates(at places: [Int]) -> [Int] {
    var found: [Int32] = []
    for (band, place) in places.enumerated() {
      var next = last[place]
      while next >= 0 {
        found.append(next)
        next = before[band * vectors.count + Int(next)]
      }
    }
    found.sort()
    var each: [Int] = []
    for number in found where each.last != Int(number) { each.append(Int(number)) }
    return each
  }

  /// Adds the vector `row`, which has `places`.
  func add(_ row: Int, at places: [Int]) {
    for (band, place) in places.enumerated() {
      before.set(last[place], at: band * vectors.count + row)
      last.set(Int32(truncatingIfNeeded: row), at: place)
    }
  }
}

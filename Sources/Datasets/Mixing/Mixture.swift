internal import AnnealFiles

/// Which rows of several sets an epoch reads, drawn by the seed alone.
public struct Mixture: Sendable, Hashable {
  /// How rows are chosen.
  public var strategy: MixStrategy
  /// How likely each set is, relative to the others.
  public var weights: [Double]
  /// For `temperature`: 1 draws by size, larger ones more evenly (arXiv 1907.05019).
  public var temperature: Double
  /// Another seed gives another choice.
  public var seed: UInt64

  /// A mixture of sets that are as likely as `weights` say.
  public init(
    _ strategy: MixStrategy, weights: [Double], temperature: Double = 2, seed: UInt64
  ) {
    self.strategy = strategy
    self.weights = weights
    self.temperature = temperature
    self.seed = seed
  }

  /// A row of a set.
  public struct Draw: Sendable, Hashable {
    /// The set's number.
    public var set: Int
    /// The row's number in it.
    public var row: Int
  }

  /// So many times the rows that there are may be drawn to read a set of small weight to its end.
  private static let most = 1000.0

  /// The rows of an epoch, from sets of `sizes` rows.
  ///
  /// The rows of a set come in an order of chance, and all of them before one comes again.
  ///
  /// - Throws: `AnnealError` when a set has no rows to draw, or an epoch would have no end.
  public func draws(from sizes: [Int]) throws -> [Draw] {
    guard strategy != .concatenate else {
      return sizes.enumerated().flatMap { set, size in (0..<size).map { Draw(set: set, row: $0) } }
    }
    let chances = try chances(sizes)
    var numbers = SeededNumbers(seed, 0x6D69_7865)
    var sources = sizes.enumerated().map { Source(set: $0, size: $1, seed: seed) }
    let total = sizes.reduce(0, +)
    var draws: [Draw] = []
    draws.reserveCapacity(total)
    var unread = sizes.count
    while !isOver(draws.count, of: total, sources, unread) {
      let set = Self.set(at: Double(numbers.next() >> 11) / Double(1 << 53), chances)
      draws.append(Draw(set: set, row: sources[set].next()))
      if sources[set].reads == sizes[set] { unread -= 1 }
    }
    return draws
  }

  private func isOver(_ count: Int, of total: Int, _ sources: [Source], _ unread: Int) -> Bool {
    switch strategy {
    case .concatenate: true
    case .interleaveFirstExhausted: unread < sources.count
    case .interleaveAllExhausted: unread == 0
    case .temperature: count == total
    }
  }

  /// How likely each set is, 0…1, summing to 1.
  private func chances(_ sizes: [Int]) throws -> [Double] {
    guard weights.count == sizes.count, weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw AnnealError(
        .recipe, "a mix of \(sizes.count) sets has \(weights.count) weights",
        remedy: "Give each of the datasets a weight above 0.")
    }
    if let empty = sizes.firstIndex(of: 0) {
      throw AnnealError(
        .data, "dataset \(empty + 1) has no row left to draw",
        remedy: "Leave it out, or look at its rows with `anneal data inspect`.")
    }
    var parts = weights
    if strategy == .temperature {
      // Powers by the largest size, so that no sum can overflow.
      let largest = Double(sizes.max() ?? 1)
      parts = zip(weights, sizes).map { $0 * Self.power(Double($1) / largest, 1 / temperature) }
    }
    let sum = parts.reduce(0, +)
    let chances = parts.map { $0 / sum }
    let total = Double(sizes.reduce(0, +))
    if strategy == .interleaveAllExhausted,
      let slow = chances.indices.first(where: {
        Double(sizes[$0]) / chances[$0] > Self.most * total
      })
    {
      throw AnnealError(
        .recipe,
        "dataset \(slow + 1) would be read to its end only after more than \(Int(Self.most)) times "
          + "all rows",
        remedy: "Give it a larger weight, or use mix_strategy: interleave_first_exhausted.")
    }
    return chances
  }

  private static func set(at place: Double, _ chances: [Double]) -> Int {
    var left = place
    for (set, chance) in chances.enumerated() {
      if left < chance { return set }
      left -= chance
    }
    return chances.count - 1
  }
}

/// A set while it is drawn from.
private struct Source {
  let set: Int
  let size: Int
  let seed: UInt64
  /// Rows drawn so far.
  private(set) var reads = 0
  private var order: [Int32] = []

  init(set: Int, size: Int, seed: UInt64) { (self.set, self.size, self.seed) = (set, size, seed) }

  /// The next row; a new order once all were drawn.
  mutating func next() -> Int {
    let place = reads % size
    if place == 0 {
      var numbers = SeededNumbers(seed, UInt64(set), UInt64(reads / size))
      order = numbers.permutation(size).map { Int32(clamping: $0) }
    }
    reads += 1
    return Int(order[place])
  }
}

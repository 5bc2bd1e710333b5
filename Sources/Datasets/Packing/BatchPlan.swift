internal import AnnealFiles

/// Which rows every optimizer step of an epoch reads.
///
/// A pure function of the rows' lengths, the settings, the seed and the epoch: nothing is drawn
/// from a generator with a state, so a resumed run rebuilds the plan and knows its number of steps.
public struct BatchPlan: Sendable, Hashable {
  /// Step, micro-batch, and the rows of each by their index.
  public let steps: [[[Int]]]
  /// A SHA-256 of the steps, for checkpoints.
  public let hash: String
  /// The share of the bins' or budgets' tokens that rows fill, 0…1; 1 without packing and budget.
  public let fill: Double

  /// The plan of `epoch` for rows of `lengths` tokens.
  public init(lengths: [Int], settings: BatchSettings, seed: UInt64, epoch: Int) {
    var numbers = SeededNumbers(seed, UInt64(bitPattern: Int64(epoch)))
    let order =
      settings.isShuffled ? numbers.permutation(lengths.count) : Array(lengths.indices)
    let bins =
      settings.packedLength.map { BestFit.bins(order, lengths: lengths, capacity: $0) }
      ?? order.map { [$0] }
    let microBatches = Self.microBatches(bins, lengths, settings.size)
    steps = stride(from: 0, to: microBatches.count, by: settings.accumulation).map {
      Array(microBatches[$0..<min($0 + settings.accumulation, microBatches.count)])
    }
    hash = Self.hash(of: steps)
    let room: Int? =
      switch (settings.packedLength, settings.size) {
      case (let length?, .rows): bins.count * length
      case (_, .tokens(let budget)): microBatches.count * budget
      case (nil, .rows): nil
      }
    fill = room.map { $0 > 0 ? min(1, Double(lengths.reduce(0, +)) / Double($0)) : 1 } ?? 1
  }

  private static func microBatches(
    _ bins: [[Int]], _ lengths: [Int], _ size: BatchSettings.Size
  ) -> [[Int]] {
    switch size {
    case .rows(let count):
      return stride(from: 0, to: bins.count, by: count).map {
        Array(bins[$0..<min($0 + count, bins.count)].joined())
      }
    case .tokens(let budget):
      var batches: [[Int]] = []
      var tokens = 0
      for bin in bins {
        let length = bin.reduce(0) { $0 + lengths[$1] }
        if batches.isEmpty || tokens + length > budget {
          batches.append([])
          tokens = 0
        }
        batches[batches.count - 1] += bin
        tokens += length
      }
      return batches
    }
  }

  private static func hash(of steps: [[[Int]]]) -> String {
    var bytes: [UInt8] = []
    func append(_ number: Int) {
      withUnsafeBytes(of: UInt64(number).littleEndian) { bytes += $0 }
    }
    append(steps.count)
    for step in steps {
      append(step.count)
      for batch in step {
        append(batch.count)
        batch.forEach(append)
      }
    }
    return SHA256Digest.hex(of: bytes)
  }
}

/// Best-fit bin packing: each row goes into the fullest bin that still has room for it.
enum BestFit {
  /// Bins of at most `capacity` tokens, in the order they were opened, filled in the given order.
  ///
  /// A row longer than `capacity` has a bin of its own. Among bins with the same room the one
  /// touched last is taken.
  ///
  /// - Complexity: O(rows · log capacity).
  static func bins(_ order: [Int], lengths: [Int], capacity: Int) -> [[Int]] {
    // No bin can hold more than everything, however large it may be.
    let capacity = max(1, min(capacity, order.reduce(0) { $0 + lengths[$1] }))
    var bins: [[Int]] = []
    /// Bins by the room they have left.
    var withRoom: [[Int]] = Array(repeating: [], count: capacity + 1)
    var rooms = IntegerSet(below: capacity + 1)
    for row in order {
      let length = lengths[row]
      var bin = bins.count
      var room = capacity
      if let found = rooms.first(from: length), let last = withRoom[found].popLast() {
        if withRoom[found].isEmpty { rooms.remove(found) }
        (bin, room) = (last, found)
        bins[bin].append(row)
      } else {
        bins.append([row])
      }
      let left = room - length
      if left > 0 {
        if withRoom[left].isEmpty { rooms.insert(left) }
        withRoom[left].append(bin)
      }
    }
    return bins
  }
}

/// A set of small integers that finds the first member from a place on quickly: words of bits, and
/// words of which words are not empty.
private struct IntegerSet {
  private var levels: [[UInt64]]

  init(below count: Int) {
    levels = []
    var count = count
    repeat {
      count = (count + 63) / 64
      levels.append(Array(repeating: 0, count: count))
    } while count > 1
  }

  mutating func insert(_ member: Int) {
    var place = member
    for level in levels.indices {
      levels[level][place >> 6] |= 1 << UInt64(place & 63)
      place >>= 6
    }
  }

  mutating func remove(_ member: Int) {
    var place = member
    for level in levels.indices {
      levels[level][place >> 6] &= ~(1 << UInt64(place & 63))
      if levels[level][place >> 6] != 0 { return }
      place >>= 6
    }
  }

  /// The smallest member that is at least `start`.
  func first(from start: Int) -> Int? {
    var place = max(0, start)
    for level in levels.indices {
      if place >> 6 < levels[level].count {
        let word = levels[level][place >> 6] >> UInt64(place & 63)
        if word != 0 { return descend(to: place + word.trailingZeroBitCount, from: level) }
      }
      place = place >> 6 + 1
    }
    return nil
  }

  private func descend(to place: Int, from level: Int) -> Int {
    var place = place
    for level in levels[..<level].indices.reversed() {
      place = place << 6 + levels[level][place].trailingZeroBitCount
    }
    return place
  }
}

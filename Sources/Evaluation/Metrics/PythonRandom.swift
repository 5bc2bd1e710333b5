/// Python's generator of random numbers, so that the same seed draws the same rows as it does in
/// lm-evaluation-harness.
///
/// The Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded and read as the documented
/// module `random` does it.
struct PythonRandom {
  private var state = [UInt32](repeating: 0, count: 624)
  private var position = 624

  /// A generator begun at `seed`.
  init(seed: UInt64) {
    let (low, high) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    fill(with: high == 0 ? [low] : [low, high])
  }

  /// The authors' `init_by_array`.
  private mutating func fill(with key: [UInt32]) {
    state[0] = 19_650_218
    for i in 1..<624 {
      state[i] = 1_812_433_253 &* (state[i - 1] ^ state[i - 1] >> 30) &+ UInt32(i)
    }
    var (i, j) = (1, 0)
    for _ in 0..<624 {
      state[i] =
        (state[i] ^ (state[i - 1] ^ state[i - 1] >> 30) &* 1_664_525) &+ key[j] &+ UInt32(j)
      (i, j) = (i + 1, (j + 1) % key.count)
      if i == 624 { (state[0], i) = (state[623], 1) }
    }
    for _ in 0..<623 {
      state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >> 30) &* 1_566_083_941) &- UInt32(i)
      i += 1
      if i == 624 { (state[0], i) = (state[623], 1) }
    }
    state[0] = 0x8000_0000
  }

  /// The next 32 bits.
  mutating func next() -> UInt32 {
    if position == 624 { twist() }
    var y = state[position]
    position += 1
    y ^= y >> 11
    y ^= y << 7 & 0x9D2C_5680
    y ^= y << 15 & 0xEFC6_0000
    return y ^ y >> 18
  }

  private mutating func twist() {
    for i in 0..<624 {
      let y = state[i] & 0x8000_0000 | state[(i + 1) % 624] & 0x7FFF_FFFF
      state[i] = state[(i + 397) % 624] ^ y >> 1 ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    position = 0
  }

  /// `random()`: a number in 0..<1 of 53 bits.
  mutating func unit() -> Double {
    let (a, b) = (next() >> 5, next() >> 6)
    return (Double(a) * 67_108_864 + Double(b)) / 9_007_199_254_740_992
  }

  /// A whole number in `0..<bound`, by drawing its bits until they are below it.
  mutating func below(_ bound: Int) -> Int {
    guard bound > 0, bound <= Int(UInt32.max) else { return 0 }
    let width = UInt32.bitWidth - UInt32(bound).leadingZeroBitCount
    while true {
      let drawn = Int(next() >> UInt32(32 - width))
      if drawn < bound { return drawn }
    }
  }

  /// `choices`: `count` places in `0..<size`, with repeats.
  mutating func choices(_ count: Int, from size: Int) -> [Int] {
    (0..<count).map { _ in Int(unit() * Double(size)) }
  }

  /// `sample`: `count` different places in `0..<size`, all of them when there are fewer.
  mutating func sample(_ count: Int, from size: Int) -> [Int] {
    let count = min(count, size)
    var limit = 21
    if count > 5 {
      var table = 1
      while table < count * 3 { table *= 4 }
      limit += table
    }
    if size <= limit {
      var pool = Array(0..<size)
      return (0..<count).map { taken in
        let place = below(size - taken)
        defer { pool[place] = pool[size - taken - 1] }
        return pool[place]
      }
    }
    var drawn: [Int] = []
    while drawn.count < count {
      let place = below(size)
      if !drawn.contains(place) { drawn.append(place) }
    }
    return drawn
  }
}

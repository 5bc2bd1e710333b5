/// Random numbers that are a pure function of their keys.
///
/// SplitMix64 (Steele, Lea, Flood 2014), the same on every machine.
public struct SeededNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Numbers that depend on all of `keys`.
  public init(_ keys: UInt64...) {
    state = keys.reduce(0x6A09_E667_F3BC_C908) { Self.mixed($0 ^ Self.mixed($1 &+ Self.step)) }
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mixed(state)
  }

  /// The next number below `bound`, without bias (Lemire 2019); 0 when `bound` is 0.
  public mutating func next(below bound: Int) -> Int {
    guard bound > 0 else { return 0 }
    let bound = UInt64(bound)
    let threshold = (0 &- bound) % bound
    while true {
      let (high, low) = bound.multipliedFullWidth(by: next())
      if low >= threshold { return Int(high) }
    }
  }

  /// The numbers from 0 to `count` − 1 in a random order (Fisher–Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(0, count))
    for place in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(place, next(below: place + 1))
    }
    return order
  }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

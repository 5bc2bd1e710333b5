/// Which two tokens become which one, and how early.
struct MergeTable: Sendable {
  /// The rank in the high half and the new token in the low one: the smallest merges first.
  typealias Merge = UInt64

  static let none = UInt64.max

  private var keys: [UInt64]
  private var merges: [Merge]
  private var shift: UInt64

  init(capacity: Int) {
    var bits: UInt64 = 4
    while 1 << bits < capacity * 2 { bits += 1 }
    keys = Array(repeating: .max, count: 1 << bits)
    merges = Array(repeating: Self.none, count: 1 << bits)
    shift = 64 - bits
  }

  /// Puts in a pair, of which there may be no more than `capacity`; of a repeated one the last counts.
  mutating func set(_ left: Int32, _ right: Int32, rank: Int, new: Int32) {
    let slot = slot(Self.key(left, right))
    keys[slot] = Self.key(left, right)
    merges[slot] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: new))
  }

  @inline(__always)
  subscript(left: Int32, right: Int32) -> Merge { merges[slot(Self.key(left, right))] }

  @inline(__always)
  static func token(of merge: Merge) -> Int32 { Int32(truncatingIfNeeded: merge) }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private func slot(_ key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while keys[slot] != key && keys[slot] != .max { slot = (slot + 1) & mask }
    return slot
  }
}

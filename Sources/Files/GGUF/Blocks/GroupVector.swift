/// The values of a group of a super-block, worked on side by side.
protocol GroupVector {
  /// How many values there are.
  static var scalarCount: Int { get }
  /// Zeros.
  init()
  /// One value everywhere.
  init(repeating value: Float)
  /// The values at a place in memory.
  init(at pointer: UnsafePointer<Float>)
  /// Puts the values at a place in memory.
  func store(at pointer: UnsafeMutablePointer<Float>)
  /// The sum of the values, always in the same order.
  var total: Float { get }
  /// The smallest value.
  func min() -> Float
  /// The largest value.
  func max() -> Float
  /// The nearest whole numbers from `low` to `high`; of two the even one.
  func levels(_ low: Float, _ high: Float) -> Self
  static func + (a: Self, b: Float) -> Self
  static func - (a: Self, b: Float) -> Self
  static func * (a: Self, b: Float) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
}

extension SIMD16: GroupVector where Scalar == Float {
  @inline(__always)
  var total: Float {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  @inline(__always)
  func levels(_ low: Float, _ high: Float) -> Self {
    // Adding so much that no place behind the point is left rounds in every processor.
    let shift: Float = 12_582_912
    var inside = self
    inside.replace(with: low, where: inside .< low)
    inside.replace(with: high, where: inside .> high)
    return (inside + shift) - shift
  }

  @inline(__always)
  init(at pointer: UnsafePointer<Float>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  func store(at pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
  }
}

/// 32 values as two halves; the compiler takes apart what is wider than its registers by itself only
/// up to 16.
struct GroupPair: GroupVector {
  typealias Half = SIMD16<Float>

  static let scalarCount = 32
  var low: Half
  var high: Half

  @inline(__always)
  init(_ low: Half, _ high: Half) { (self.low, self.high) = (low, high) }

  @inline(__always)
  init() { self.init(Half(), Half()) }

  @inline(__always)
  init(repeating value: Float) { self.init(Half(repeating: value), Half(repeating: value)) }

  @inline(__always)
  init(at pointer: UnsafePointer<Float>) {
    self.init(Half(at: pointer), Half(at: pointer + Half.scalarCount))
  }

  @inline(__always)
  func store(at pointer: UnsafeMutablePointer<Float>) {
    low.store(at: pointer)
    high.store(at: pointer + Half.scalarCount)
  }

  @inline(__always)
  var total: Float { (low + high).total }

  @inline(__always)
  func min() -> Float { Swift.min(low.min(), high.min()) }

  @inline(__always)
  func max() -> Float { Swift.max(low.max(), high.max()) }

  @inline(__always)
  func levels(_ lowest: Float, _ highest: Float) -> Self {
    Self(low.levels(lowest, highest), high.levels(lowest, highest))
  }

  @inline(__always)
  static func + (a: Self, b: Float) -> Self { Self(a.low + b, a.high + b) }
  @inline(__always)
  static func - (a: Self, b: Float) -> Self { Self(a.low - b, a.high - b) }
  @inline(__always)
  static func * (a: Self, b: Float) -> Self { Self(a.low * b, a.high * b) }
  @inline(__always)
  static func - (a: Self, b: Self) -> Self { Self(a.low - b.low, a.high - b.high) }
  @inline(__always)
  static func * (a: Self, b: Self) -> Self { Self(a.low * b.low, a.high * b.high) }
}

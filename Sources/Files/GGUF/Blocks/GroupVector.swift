/// The values of a group of a super-block, worked on side by side.
protocol GroupVector: SIMD where Scalar == Float {
  /// The sum of the values, always in the same order.
  var total: Float { get }
}

extension SIMD16: GroupVector where Scalar == Float {
  @inline(__always)
  var total: Float {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

extension SIMD32: GroupVector where Scalar == Float {
  @inline(__always)
  var total: Float { (lowHalf + highHalf).total }
}

extension GroupVector {
  /// The nearest whole numbers from `low` to `high`; of two the even one.
  @inline(__always)
  func levels(_ low: Float, _ high: Float) -> Self {
    // Adding so much that no place behind the point is left rounds in every processor.
    let shift: Float = 12_582_912
    var inside = self
    inside.replace(with: low, where: inside .< low)
    inside.replace(with: high, where: inside .> high)
    return (inside + shift) - shift
  }

  /// A group's values at a place in memory.
  @inline(__always)
  init(at pointer: UnsafePointer<Float>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
  }

  /// Puts the values at a place in memory.
  @inline(__always)
  func store(at pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
  }
}

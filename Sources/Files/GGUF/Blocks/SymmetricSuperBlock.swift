/// 256 values in 16 groups: a value is a whole number times its group's scale, which is a whole
/// number times the super-block's scale.
///
/// The search is least squares throughout. A group tries inverse scales around the one that its
/// extreme asks for; for the levels that rounding gives, the best scale is known in closed form.
/// Then the groups' scales are rounded, each tries its neighbours, and the super-block's scale is
/// fitted anew.
struct SymmetricSuperBlock {
  static let groups = 16
  private typealias Vector = SIMD16<Float>

  /// The range of levels, such as -4 to 3.
  let levels: ClosedRange<Float>
  /// The range of the groups' scales, such as -32 to 31.
  let scales: ClosedRange<Float>

  /// Finds scales and levels of 256 values.
  ///
  /// - Parameters:
  ///   - groupScales: where the 16 whole scales go.
  ///   - codes: where the 256 levels go, as whole numbers.
  /// - Returns: the super-block's scale, as 16 bits hold it.
  func fit(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    groupScales: UnsafeMutablePointer<Float>, codes: UnsafeMutablePointer<Float>
  ) -> Float {
    var extreme: Float = 0
    for group in 0..<Self.groups {
      let scale = scale(of: Vector(at: values + 16 * group), weights(importance, group))
      groupScales[group] = scale
      if scale.magnitude > extreme.magnitude { extreme = scale }
    }
    var scale = HalfFloat.rounded(extreme / scales.lowerBound)
    guard scale != 0 else {
      for index in 0..<256 { codes[index] = 0 }
      for group in 0..<Self.groups { groupScales[group] = 0 }
      return 0
    }
    for group in 0..<Self.groups {
      let whole = (groupScales[group] / scale).rounded()
      groupScales[group] = min(max(whole, scales.lowerBound), scales.upperBound)
    }
    for _ in 0..<2 {
      let (product, square) = settle(values, importance, scale, groupScales, codes)
      let fitted = square > 0 ? HalfFloat.rounded(product / square) : scale
      guard fitted != scale, fitted != 0 else { return scale }
      scale = fitted
    }
    _ = settle(values, importance, scale, groupScales, codes)
    return scale
  }

  /// Moves each group's scale to the best of its neighbours and rounds its values.
  ///
  /// - Returns: the sums that a new scale of the super-block follows from.
  private func settle(
    _ values: UnsafePointer<Float>, _ importance: UnsafePointer<Float>?, _ scale: Float,
    _ groupScales: UnsafeMutablePointer<Float>, _ codes: UnsafeMutablePointer<Float>
  ) -> (product: Float, square: Float) {
    var (product, square): (Float, Float) = (0, 0)
    for group in 0..<Self.groups {
      let x = Vector(at: values + 16 * group)
      let w = weights(importance, group)
      var best = (error: Float.infinity, whole: Float(0), codes: Vector())
      for step in -1...1 {
        let whole = groupScales[group] + Float(step)
        guard scales.contains(whole) else { continue }
        let size = scale * whole
        let q = size == 0 ? Vector() : rounded(x * (1 / size))
        let off = x - q * size
        let error = (w * off * off).total
        if error < best.error { best = (error, whole, q) }
      }
      groupScales[group] = best.whole
      best.codes.store(at: codes + 16 * group)
      let reach = best.codes * best.whole
      product += (w * x * reach).total
      square += (w * reach * reach).total
    }
    return (product, square)
  }

  /// The best scale of one group.
  private func scale(of x: Vector, _ w: Vector) -> Float {
    let (low, high) = (x.min(), x.max())
    let extreme = -low > high ? low : high
    guard extreme != 0 else { return 0 }
    var best = (gain: Float(0), scale: Float(0))
    for step in -8...8 {
      let inverse = (levels.lowerBound + 0.1 * Float(step)) / extreme
      guard inverse.isFinite else { return 0 }
      let q = rounded(x * inverse)
      let (product, square) = ((w * x * q).total, (w * q * q).total)
      // The squared error falls by this much against a group of zeros.
      let gain = square > 0 ? product * product / square : 0
      if gain > best.gain { best = (gain, product / square) }
    }
    return best.scale
  }

  private func rounded(_ x: Vector) -> Vector { x.levels(levels.lowerBound, levels.upperBound) }

  private func weights(_ importance: UnsafePointer<Float>?, _ group: Int) -> Vector {
    importance.map { Vector(at: $0 + 16 * group) } ?? Vector(repeating: 1)
  }
}

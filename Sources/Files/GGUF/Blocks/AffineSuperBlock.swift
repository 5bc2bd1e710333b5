/// 256 values in groups: a value is a level from 0 times its group's scale, less its group's offset;
/// scales and offsets are whole numbers times the super-block's two scales.
///
/// As in `SymmetricSuperBlock`, levels are rounded and all else follows by least squares; here scale
/// and offset are found together, and no offset is negative.
struct AffineSuperBlock<Vector: GroupVector> {
  /// The highest level.
  let highestLevel: Float
  /// The highest whole scale and offset.
  let highestScale: Float

  /// The two scales of a super-block, as 16 bits hold them.
  typealias Scales = (scale: Float, offset: Float)

  private var width: Int { Vector.scalarCount }
  private var groups: Int { 256 / width }

  /// Finds scales, offsets and levels of 256 values.
  ///
  /// - Parameters:
  ///   - groupScales: where the groups' whole scales go.
  ///   - groupOffsets: where the groups' whole offsets go.
  ///   - codes: where the 256 levels go.
  func fit(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    groupScales: UnsafeMutablePointer<Float>, groupOffsets: UnsafeMutablePointer<Float>,
    codes: UnsafeMutablePointer<Float>
  ) -> Scales {
    var largest: Scales = (0, 0)
    for group in 0..<groups {
      let found = line(of: Vector(at: values + width * group), weights(importance, group))
      (groupScales[group], groupOffsets[group]) = found
      largest = (max(largest.scale, found.scale), max(largest.offset, found.offset))
    }
    var scales: Scales = (
      HalfFloat.rounded(largest.scale / highestScale),
      HalfFloat.rounded(largest.offset / highestScale)
    )
    for group in 0..<groups {
      groupScales[group] = whole(groupScales[group], scales.scale)
      groupOffsets[group] = whole(groupOffsets[group], scales.offset)
    }
    for _ in 0..<2 {
      let sums = settle(values, importance, scales, groupScales, groupOffsets, codes)
      let fitted = sums.solution(else: scales)
      guard fitted != scales else { return scales }
      scales = fitted
    }
    _ = settle(values, importance, scales, groupScales, groupOffsets, codes)
    return scales
  }

  private func whole(_ value: Float, _ scale: Float) -> Float {
    scale > 0 ? min((value / scale).rounded(), highestScale) : 0
  }

  /// Sums over a super-block that its two scales follow from.
  private struct Sums {
    var scaleScale: Float = 0
    var scaleOffset: Float = 0
    var offsetOffset: Float = 0
    var scaleValue: Float = 0
    var offsetValue: Float = 0

    /// The scales of least squares; `scales` where there are none with both of them sensible.
    func solution(else scales: Scales) -> Scales {
      let determinant = scaleScale * offsetOffset - scaleOffset * scaleOffset
      var found: Scales = scales
      if determinant > 1e-6 * scaleScale * offsetOffset {
        found.scale = (scaleValue * offsetOffset - scaleOffset * offsetValue) / determinant
        found.offset = (scaleScale * offsetValue - scaleOffset * scaleValue) / determinant
      } else if scaleScale > 0, offsetOffset == 0 {
        found.scale = scaleValue / scaleScale
      }
      guard found.scale > 0, found.offset >= 0, found.scale.isFinite, found.offset.isFinite else {
        return scales
      }
      return (HalfFloat.rounded(found.scale), HalfFloat.rounded(found.offset))
    }
  }

  /// Moves each group's scale and offset to the best of their neighbours and rounds its values.
  private func settle(
    _ values: UnsafePointer<Float>, _ importance: UnsafePointer<Float>?, _ scales: Scales,
    _ groupScales: UnsafeMutablePointer<Float>, _ groupOffsets: UnsafeMutablePointer<Float>,
    _ codes: UnsafeMutablePointer<Float>
  ) -> Sums {
    var sums = Sums()
    for group in 0..<groups {
      let x = Vector(at: values + width * group)
      let w = weights(importance, group)
      var best = (error: Float.infinity, scale: Float(0), offset: Float(0), codes: Vector())
      for scaleStep in -1...1 {
        for offsetStep in -1...1 {
          let scale = groupScales[group] + Float(scaleStep)
          let offset = groupOffsets[group] + Float(offsetStep)
          guard (0...highestScale).contains(scale), (0...highestScale).contains(offset) else {
            continue
          }
          let (size, shift) = (scales.scale * scale, scales.offset * offset)
          let q = size > 0 ? ((x + shift) * (1 / size)).levels(0, highestLevel) : Vector()
          let off = x - (q * size - shift)
          let error = (w * off * off).total
          if error < best.error { best = (error, scale, offset, q) }
        }
      }
      (groupScales[group], groupOffsets[group]) = (best.scale, best.offset)
      best.codes.store(at: codes + width * group)
      let reach = best.codes * best.scale
      let weighted = w * x
      sums.scaleScale += (w * reach * reach).total
      sums.scaleOffset -= (w * reach).total * best.offset
      sums.offsetOffset += w.total * best.offset * best.offset
      sums.scaleValue += (weighted * reach).total
      sums.offsetValue -= weighted.total * best.offset
    }
    return sums
  }

  /// The best scale and offset of one group.
  private func line(of x: Vector, _ w: Vector) -> Scales {
    let low = min(x.min(), 0)
    let span = max(x.max(), 0) - low
    guard span > 0 else { return (0, 0) }
    let (weight, first) = (w.total, (w * x).total)
    var best = (gain: -Float.infinity, scale: Float(0), offset: Float(0))
    for step in -8...8 {
      let inverse = (highestLevel + 0.1 * Float(step)) / span
      guard inverse.isFinite else { return (0, 0) }
      let q = ((x - low) * inverse).levels(0, highestLevel)
      let (one, square, product) = ((w * q).total, (w * q * q).total, (w * x * q).total)
      guard square > 0 else { continue }
      let determinant = weight * square - one * one
      var scale = product / square
      var shift: Float = 0
      if determinant > 1e-6 * weight * square {
        let fitted = (weight * product - first * one) / determinant
        let line = (square * first - one * product) / determinant
        if line <= 0, fitted > 0 { (scale, shift) = (fitted, line) }
      }
      guard scale > 0 else { continue }
      // The squared error falls by this much against a group of zeros.
      let gain = scale * product + shift * first
      if gain > best.gain { best = (gain, scale, -shift) }
    }
    return best.gain > 0 ? (best.scale, best.offset) : (span / highestLevel, -low)
  }

  private func weights(_ importance: UnsafePointer<Float>?, _ group: Int) -> Vector {
    importance.map { Vector(at: $0 + width * group) } ?? Vector(repeating: 1)
  }
}

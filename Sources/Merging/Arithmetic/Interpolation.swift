internal import AnnealTorch
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Ways from one tensor to another.
enum Interpolation {
  /// The cosine from which two directions are taken for one.
  private static let parallel = 0.9995

  /// The point at `t`, 0…1, of the arc from `a` to `b`, their directions seen from the origin.
  ///
  /// Where they point the same way or oppositely, the straight line is taken. float32.
  static func arc(_ t: Double, _ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = (a.to(.float32), b.to(.float32))
    let cosine = dot(a, b) / (length(a) * length(b))
    guard abs(cosine) <= parallel else { return mix(a, 1 - t, b, t) }
    let angle = rounded(acos(cosine), to: .float32)
    return mix(a, sin(angle - angle * t) / sin(angle), b, sin(angle * t) / sin(angle))
  }

  private static func mix(_ a: Tensor, _ x: Double, _ b: Tensor, _ y: Double) -> Tensor {
    valueByValue([a, b]) { $0[0] * x + $0[1] * y }
  }

  /// The length, or 1 for what is too short to have a direction.
  private static func length(_ x: Tensor) -> Double {
    let length = x.sumOfSquares().squareRoot()
    return length > 1e-8 ? length : 1
  }

  /// The sum of products, in float64 over stretches of float32.
  static func dot(_ a: Tensor, _ b: Tensor) -> Double {
    var total = 0.0
    let (a, b) = (a.reshaped([-1]), b.reshaped([-1]))
    let step = 1 << 22
    for start in stride(from: 0, to: a.count, by: step) {
      let length = min(step, a.count - start)
      total += (a.narrow(0, start, length) * b.narrow(0, start, length)).sum().item()
    }
    return total
  }
}

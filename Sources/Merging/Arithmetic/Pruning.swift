public import AnnealTorch

/// Which values of a difference are kept when only a share of them is.
public enum Pruning: Sendable, Hashable {
  /// The largest by magnitude. Paper: arXiv 2306.01708.
  case magnitude
  /// Each with the same chance. Paper: arXiv 2311.03099 (DARE).
  case random

  /// How values that are kept make up for those that are not.
  public enum Rescaling: Sendable, Hashable {
    /// Not at all.
    case none
    /// Divided by the share that is kept.
    case byShare
    /// To the sum of magnitudes that there was.
    case bySum
  }

  /// `x` with about the share `density` of its values and zeros elsewhere; from 1 on, `x` itself.
  ///
  /// - Parameters:
  ///   - least: how many values are kept at least, where it is not chance that decides.
  ///   - mask: draws what is kept where chance decides.
  ///   - key: the stream of random numbers.
  public func callAsFunction(
    _ x: Tensor, density: Double, rescaling: Rescaling, least: Int = 0, mask: RandomMask,
    key: RandomKey
  ) -> Tensor {
    guard density < 1 else { return x }
    let kept: Tensor
    switch self {
    case .magnitude:
      let count = Int(max(0, density) * Double(x.count))
      kept = x.keepingLargest(min(x.count, max(least, count)))
    case .random: kept = x * mask.draw(x.shape, density, key).to(x.dtype)
    }
    switch rescaling {
    case .none: return kept
    case .byShare: return kept / max(density, .leastNormalMagnitude)
    case .bySum:
      let before = Self.magnitude(x)
      let after = Self.magnitude(kept)
      return before < 1e-7 || after < 1e-7 ? kept : kept * (before / after)
    }
  }

  private static func magnitude(_ x: Tensor) -> Double { x.to(.float32).abs().sum().item() }
}

/// How it is drawn which values stay.
public struct RandomMask: Sendable {
  /// Ones where a value stays, each with the chance `density`, else zeros, in the given shape.
  public var draw: @Sendable (_ shape: [Int], _ density: Double, _ key: RandomKey) -> Tensor

  /// A mask that `draw` gives.
  public init(_ draw: @escaping @Sendable ([Int], Double, RandomKey) -> Tensor) {
    self.draw = draw
  }

  /// A function of the key and of the value's place alone.
  public static let seeded = RandomMask { shape, density, key in
    Tensor.uniform(shape, in: 0...1, key: key) .< density
  }
}

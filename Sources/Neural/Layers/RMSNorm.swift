public import AnnealTorch

/// Root-mean-square normalisation with a learned scale, `[…, D]` → `[…, D]`.
///
/// Statistics are taken in float32 whatever the stream's type. Paper: arXiv 1910.07467.
public final class RMSNorm {
  /// The scale, `[D]`.
  public let weight: Weight
  let epsilon: Double

  /// Loads a norm over `width` values.
  public init(_ width: Int, epsilon: Double, _ weights: Weights) throws {
    weight = try weights.weight("weight", [width], start: .ones)
    self.epsilon = epsilon
  }

  /// `x` at unit root mean square, scaled.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    rmsNorm(x, weight: weight.value, epsilon: epsilon)
  }

  /// `x + addition`, and that sum at unit root mean square, scaled.
  public func callAsFunction(
    adding addition: Tensor, to x: Tensor
  ) -> (sum: Tensor, normal: Tensor) {
    rmsNorm(adding: addition, to: x, weight: weight.value, epsilon: epsilon)
  }
}

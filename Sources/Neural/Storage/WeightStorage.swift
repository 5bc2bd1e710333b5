public import AnnealTorch

/// How the weight of a linear map is held: dense, in some compressed form, or left in its file.
///
/// Quantised, streamed and sharded weights are storages, so any adapter works on any of them.
public protocol WeightStorage: AnyObject {
  /// `[out, in]`.
  var shape: [Int] { get }
  /// `x·Wᵀ + b`, and the low-rank updates beside it, in `x`'s dtype: `[N, in]` → `[N, out]`.
  ///
  /// - Parameter generates: whether this is generation, whose few rows may go through a product of
  ///   their own that rounds otherwise.
  func product(
    _ input: LinearInput, bias: Tensor?, updates: [LowRankUpdate], generates: Bool
  ) -> Tensor
}

/// A weight held as the tensor it is; 2 or 4 bytes a value.
public final class Dense: WeightStorage {
  /// The tensor, `[out, in]`.
  public let weight: Weight

  /// A dense weight.
  public init(_ weight: Weight) { self.weight = weight }

  /// `[out, in]`.
  public var shape: [Int] { weight.value.shape }

  /// `x·Wᵀ + b` and the updates, in one call of the bridge.
  public func product(
    _ input: LinearInput, bias: Tensor?, updates: [LowRankUpdate], generates: Bool
  ) -> Tensor {
    lowRankLinear(
      input, weight: weight.value, bias: bias, updates: updates, generates: generates)
  }
}

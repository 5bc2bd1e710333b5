public import AnnealTorch

/// How the weight of a linear map is held: dense, in some compressed form, or left in its file.
///
/// Quantised, streamed and sharded weights are storages, so any adapter works on any of them.
public protocol WeightStorage: AnyObject {
  /// `[out, in]`.
  var shape: [Int] { get }
  /// `x·Wᵀ + b`, and the low-rank updates beside it, in `x`'s dtype: `[N, in]` → `[N, out]`.
  func product(_ input: LinearInput, bias: Tensor?, updates: [LowRankUpdate]) -> Tensor
  /// `dy·W`, the gradient with respect to `x`: `[N, out]` → `[N, in]`.
  func transposedProduct(_ dy: Tensor) -> Tensor
  /// The weight itself, `[out, in]`.
  func dequantized() -> Tensor
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
  public func product(_ input: LinearInput, bias: Tensor?, updates: [LowRankUpdate]) -> Tensor {
    lowRankLinear(input, weight: weight.value, bias: bias, updates: updates)
  }

  /// `dy·W`.
  public func transposedProduct(_ dy: Tensor) -> Tensor { dy.matmul(weight.value) }

  /// The tensor.
  public func dequantized() -> Tensor { weight.value }
}

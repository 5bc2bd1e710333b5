internal import CTorch

/// A learned low-rank change of a linear's weight: `scale · B·A`.
///
/// Paper: arXiv 2106.09685 (LoRA).
public struct LowRankUpdate {
  /// `[r, in]`, float32.
  public var a: Tensor
  /// `[out, r]`, float32.
  public var b: Tensor
  /// The factor of `B·A`.
  public var scale: Double
  /// What the update's input is multiplied by, `[N, in]` in the input's kind: 0 or `1/(1 − p)`.
  public var dropoutMask: Tensor?

  /// The update `scale · B·A`.
  public init(a: Tensor, b: Tensor, scale: Double, dropoutMask: Tensor? = nil) {
    self.a = a
    self.b = b
    self.scale = scale
    self.dropoutMask = dropoutMask
  }

  var tensors: [Tensor] { [a, b] + [dropoutMask].compactMap { $0 } }

  var bridged: ct_low_rank {
    ct_low_rank(a: a.pointer, b: b.pointer, mask_or_null: dropoutMask?.pointer, scale: scale)
  }
}

/// `x·Wᵀ + b + Σ scale·((x∘mask)·Aᵀ)·Bᵀ` in x's kind.
///
/// One call; keeps x, the weights and the masks for the gradient, and computes W's gradient only
/// when W requires one. A and B are rounded to x's kind; their gradients are in their own.
///
/// - Parameters:
///   - x: `[N, in]`.
///   - weight: `[out, in]`.
///   - bias: `[out]`.
/// - Returns: `[N, out]`.
public func lowRankLinear(
  _ x: Tensor, weight: Tensor, bias: Tensor?, updates: [LowRankUpdate]
) -> Tensor {
  let operands = [x, weight] + [bias].compactMap { $0 } + updates.flatMap(\.tensors)
  return Tensor.make(of: operands) {
    let list = updates.map(\.bridged)
    return ct_low_rank_linear(
      x.pointer, weight.pointer, bias?.pointer, list, Int64(list.count), $0)
  }
}

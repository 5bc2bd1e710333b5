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

/// What a linear takes in, `[N, in]`.
public enum LinearInput {
  /// A tensor, which is kept for the gradient.
  case values(Tensor)
  /// `silu(gate) · up`, of which only the two are kept: it is computed again for the gradient.
  case swiGLU(gate: Tensor, up: Tensor)

  /// A tensor with the input's extents, type and device.
  public var like: Tensor {
    switch self {
    case .values(let x): x
    case .swiGLU(let gate, _): gate
    }
  }

  /// The input itself.
  public var tensor: Tensor {
    switch self {
    case .values(let x): x
    case .swiGLU(let gate, let up): AnnealTorch.swiGLU(gate, up)
    }
  }

  var tensors: [Tensor] {
    switch self {
    case .values(let x): [x]
    case .swiGLU(let gate, let up): [gate, up]
    }
  }

  func bridged(generates: Bool = false) -> ct_linear_input {
    switch self {
    case .values(let x): ct_linear_input(x: x.pointer, up_or_null: nil, generates: generates)
    case .swiGLU(let gate, let up):
      ct_linear_input(x: gate.pointer, up_or_null: up.pointer, generates: generates)
    }
  }
}

/// `x·Wᵀ + b + Σ scale·((x∘mask)·Aᵀ)·Bᵀ` in x's kind.
///
/// One call; keeps what holds x, the weights and the masks for the gradient, and computes W's
/// gradient only when W requires one. A and B are rounded to x's kind; their gradients are in their
/// own.
///
/// - Parameters:
///   - input: x, `[N, in]`.
///   - weight: `[out, in]`.
///   - bias: `[out]`.
///   - generates: whether a few rows may go through a product of their own, which is as fast as W is
///     read and rounds otherwise; never where gradients are recorded.
/// - Returns: `[N, out]`.
public func lowRankLinear(
  _ input: LinearInput, weight: Tensor, bias: Tensor?, updates: [LowRankUpdate],
  generates: Bool = false
) -> Tensor {
  let operands =
    input.tensors + [weight] + [bias].compactMap { $0 } + updates.flatMap(\.tensors)
  return Tensor.make(of: operands) { out in
    let list = updates.map(\.bridged)
    return withUnsafePointer(to: input.bridged(generates: generates)) {
      ct_low_rank_linear($0, weight.pointer, bias?.pointer, list, Int64(list.count), out)
    }
  }
}

internal import CTorch

/// RMSNorm over the last dimension: `x / √(mean(x²) + ε) · w`, or `· (1 + w)` with `unitOffset`.
///
/// Statistics in float32; without `unitOffset` the normalized value is rounded to x's kind before
/// the weight, as in Hugging Face's Llama, with it after, as in Gemma. Keeps x and four bytes a
/// row for the gradient. Paper: arXiv 1910.07467.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - weight: `[D]`.
public func rmsNorm(
  _ x: Tensor, weight: Tensor, epsilon: Double, unitOffset: Bool = false
) -> Tensor {
  Tensor.make(of: [x, weight]) {
    ct_rms_norm(x.pointer, weight.pointer, epsilon, unitOffset, $0)
  }
}

/// `x + addition` and its ``rmsNorm(_:weight:epsilon:unitOffset:)``, in one pass over memory.
///
/// The gradient of the sum and that of the norm are added in one pass too. Keeps the sum and four
/// bytes a row.
///
/// - Parameters:
///   - addition: `[…, D]`, of x's type.
///   - x: `[…, D]`.
///   - weight: `[D]`.
public func rmsNorm(
  adding addition: Tensor, to x: Tensor, weight: Tensor, epsilon: Double, unitOffset: Bool = false
) -> (sum: Tensor, normal: Tensor) {
  Tensor.pair(of: [x, addition, weight]) {
    ct_added_rms_norm(
      x.pointer, addition.pointer, weight.pointer, epsilon, unitOffset, $0, $1)
  }
}

/// Layer normalization over the last dimension of x `[…, D]`; weight and bias `[D]`.
///
/// Paper: arXiv 1607.06450.
public func layerNorm(
  _ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Double
) -> Tensor {
  Tensor.make(of: [x] + [weight, bias].compactMap { $0 }) {
    ct_layer_norm(x.pointer, weight?.pointer, bias?.pointer, epsilon, $0)
  }
}

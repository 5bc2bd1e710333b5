internal import CTorch

/// Rotary position embedding: turns channel pairs `(i, i + R/2)` of each head by the token's angles.
///
/// Computed in float32 and rounded once. With `R < E` the channels from R on pass unchanged
/// (partial rotary). Keeps only the angles for the gradient. Paper: arXiv 2104.09864; pairs as in
/// Hugging Face's `rotate_half`.
///
/// - Parameters:
///   - x: heads, `[N, H, E]`.
///   - cosine: `[N, R/2]`, float32.
///   - sine: `[N, R/2]`, float32.
public func rotated(_ x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor {
  Tensor.make(of: [x, cosine, sine]) {
    ct_rotate(x.pointer, cosine.pointer, sine.pointer, $0)
  }
}

/// ``rotated(_:cosine:sine:)`` in x's own memory, where the processor's kernels can write there.
///
/// For a fresh result that nothing else reads: x must not be used afterwards. A gradient that needs
/// the old value fails with a message instead of being wrong.
///
/// - Parameters:
///   - x: heads side by side, `[N, H·width]`.
///   - width: the width E of a head.
///   - cosine: `[N, R/2]`, float32.
///   - sine: `[N, R/2]`, float32.
public func rotatedInPlace(_ x: Tensor, width: Int, cosine: Tensor, sine: Tensor) -> Tensor {
  Tensor.make(of: [x, cosine, sine]) {
    ct_rotate_in_place(x.pointer, cosine.pointer, sine.pointer, Int64(width), $0)
  }
}

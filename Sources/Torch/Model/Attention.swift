internal import CTorch

/// Causal attention of documents packed side by side, each to itself.
///
/// Grouped queries: `H` is a multiple of `K`, and query head h reads key head `h · K / H`. Never
/// holds a `[N, N]` matrix; keeps q, k, v, the result and 4·N·H bytes for the gradient.
/// Papers: arXiv 2205.14135 (flash attention), arXiv 2305.13245 (grouped queries).
///
/// - Parameters:
///   - q: `[N, H, E]`.
///   - k: `[N, K, E]`.
///   - v: `[N, K, E]`.
///   - bounds: where documents begin, and `N`: `D + 1` rising offsets.
///   - scale: the factor of `q·k`, usually `1/√E`.
/// - Returns: `[N, H, E]`.
public func packedCausalAttention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, bounds: [Int], scale: Double
) -> Tensor {
  let offsets = bounds.count < 2 ? [0, 0] : wide(bounds)
  return Tensor.make(of: [q, k, v]) {
    ct_packed_attention(
      q.pointer, k.pointer, v.pointer, offsets, Int64(offsets.count - 1), scale, $0)
  }
}

/// Causal attention of new tokens to all positions so far, of which they are the last.
///
/// - Parameters:
///   - q: the `T` new tokens' queries, `[T, H, E]`.
///   - k: keys of all `S` positions, `[S, K, E]`.
///   - v: values of all `S` positions, `[S, K, E]`.
///   - scale: the factor of `q·k`, usually `1/√E`.
/// - Returns: `[T, H, E]`.
public func cachedAttention(_ q: Tensor, _ k: Tensor, _ v: Tensor, scale: Double) -> Tensor {
  Tensor.make(of: [q, k, v]) {
    ct_cached_attention(q.pointer, k.pointer, v.pointer, scale, $0)
  }
}

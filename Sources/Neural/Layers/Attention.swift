public import AnnealTorch

/// Grouped-query causal self-attention: `H` query heads share `K` key/value heads of width `E`.
public final class Attention {
  let query, key, value, output: Linear
  let queryNorm, keyNorm: RMSNorm?
  let configuration: DecoderConfiguration
  let layer: Int

  /// Loads the attention of block `layer`.
  public init(_ c: DecoderConfiguration, layer: Int, _ weights: Weights) throws {
    let queries = c.heads * c.headWidth
    let keys = c.kvHeads * c.headWidth
    query = try Linear(c.width, queries, .query, bias: c.hasAttentionBias, weights / "q_proj")
    key = try Linear(c.width, keys, .key, bias: c.hasAttentionBias, weights / "k_proj")
    value = try Linear(c.width, keys, .value, bias: c.hasAttentionBias, weights / "v_proj")
    output = try Linear(
      queries, c.width, .attentionOutput, bias: c.hasAttentionOutputBias, weights / "o_proj")
    queryNorm = try Attention.headNorm(c, weights / "q_norm")
    keyNorm = try Attention.headNorm(c, weights / "k_norm")
    configuration = c
    self.layer = layer
  }

  private static func headNorm(_ c: DecoderConfiguration, _ weights: Weights) throws -> RMSNorm? {
    c.hasQueryKeyNorm ? try RMSNorm(c.headWidth, epsilon: c.normEpsilon, weights) : nil
  }

  /// What attention adds to the residual stream, `[N, D]` → `[N, D]`.
  ///
  /// - Parameters:
  ///   - x: the normalised residual stream.
  ///   - pass: positions, document bounds, caches and adapters of these tokens.
  public func callAsFunction(_ x: Tensor, in pass: Pass) -> Tensor {
    let c = configuration
    let q = turned(query(x, in: pass), c.heads, queryNorm, in: pass)  // [N, H, E]
    let k = turned(key(x, in: pass), c.kvHeads, keyNorm, in: pass)  // [N, K, E]
    let v = value(x, in: pass).view(-1, c.kvHeads, c.headWidth)  // [N, K, E]
    let mixed = mix(q, k, v, in: pass)  // [N, H, E]
    return output(mixed.reshaped([-1, c.heads * c.headWidth]), in: pass)
  }

  /// The heads of a product `[N, H·E]` that is used for nothing else, normalised and turned, as
  /// `[N, H, E]`.
  private func turned(
    _ product: Tensor, _ heads: Int, _ norm: RMSNorm?, in pass: Pass
  ) -> Tensor {
    let width = configuration.headWidth
    guard let norm else {
      return (pass.rotary?.inPlace(product, width: width) ?? product).view(-1, heads, width)
    }
    let normal = norm(product.view(-1, heads, width))
    return pass.rotary?(normal) ?? normal
  }

  /// Each document to itself, and to what its cache holds.
  private func mix(_ q: Tensor, _ k: Tensor, _ v: Tensor, in pass: Pass) -> Tensor {
    let scale = 1 / Double(configuration.headWidth).squareRoot()
    guard !pass.caches.isEmpty else {
      return packedCausalAttention(q, k, v, bounds: pass.bounds, scale: scale)
    }
    let mixed = pass.caches.indices.map { document in
      let start = pass.bounds[document]
      let count = pass.bounds[document + 1] - start
      let (keys, values) = pass.caches[document].append(
        k.narrow(0, start, count), v.narrow(0, start, count), layer: layer)
      return cachedAttention(q.narrow(0, start, count), keys, values, scale: scale)
    }
    return mixed.count == 1 ? mixed[0] : .concatenated(mixed, dimension: 0)
  }
}

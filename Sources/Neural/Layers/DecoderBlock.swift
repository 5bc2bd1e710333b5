public import AnnealTorch

/// A step of the residual stream, `[N, D]` → `[N, D]`; a model is a row of them.
///
/// Training may run a block twice: once forward keeping only its input, and once more with gradients
/// on the way back. A block therefore has no state of its own.
public protocol Block: AnyObject {
  /// The checkpoint's path of everything in it, such as `model.layers.3`.
  var path: String { get }
  /// The residual stream after this block.
  func callAsFunction(_ x: Tensor, in pass: Pass) -> Tensor
}

/// One pre-norm block: attention, then a gated feed-forward, each added to the residual stream.
public final class DecoderBlock: Block {
  /// The checkpoint's path of the block.
  public let path: String
  let attentionNorm, feedForwardNorm: RMSNorm
  let attention: Attention
  let feedForward: GatedFeedForward

  /// Loads block `layer`.
  public init(_ c: DecoderConfiguration, layer: Int, _ weights: Weights) throws {
    path = weights.path
    attentionNorm = try RMSNorm(
      c.width, epsilon: c.normEpsilon, weights / "input_layernorm")
    attention = try Attention(c, layer: layer, weights / "self_attn")
    feedForwardNorm = try RMSNorm(
      c.width, epsilon: c.normEpsilon, weights / "post_attention_layernorm")
    feedForward = try GatedFeedForward(c, weights / "mlp")
  }

  /// The residual stream after this block, `[N, D]` → `[N, D]`.
  public func callAsFunction(_ x: Tensor, in pass: Pass) -> Tensor {
    let h = x + attention(attentionNorm(x), in: pass)
    return h + feedForward(feedForwardNorm(h), in: pass)
  }
}

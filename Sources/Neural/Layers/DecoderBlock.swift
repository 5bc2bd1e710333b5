public import AnnealTorch

/// A step of the residual stream, `[N, D]` → `[N, D]`; a model is a row of them.
///
/// Training may run a block twice: once forward keeping only its input, and once more with gradients
/// on the way back. A block therefore has no state of its own.
public protocol Block: AnyObject {
  /// The checkpoint's path of everything in it, such as `model.layers.3`.
  var path: String { get }
  /// What the block adds to the residual stream, one part after another.
  var parts: [BlockPart] { get }
}

extension Block {
  /// The residual stream after this block, `[N, D]` → `[N, D]`.
  public func callAsFunction(_ x: Tensor, in pass: Pass) -> Tensor {
    parts.reduce(ResidualStream(x)) { stream, part in part.apply(stream, pass) }.value
  }
}

/// A part of a block: a step of the residual stream with a name, so that its time can be told.
public struct BlockPart {
  /// What the part is, such as `attention`.
  public let name: String
  /// The residual stream after it.
  public let apply: (ResidualStream, Pass) -> ResidualStream

  /// A part called `name`.
  public init(
    _ name: String, _ apply: @escaping (ResidualStream, Pass) -> ResidualStream
  ) {
    self.name = name
    self.apply = apply
  }
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

  /// Attention, then the feed-forward.
  public var parts: [BlockPart] {
    [
      BlockPart("attention") { [self] stream, pass in
        stream.adding(attentionNorm) { attention($0, in: pass) }
      },
      BlockPart("feed_forward") { [self] stream, pass in
        stream.adding(feedForwardNorm) { feedForward($0, in: pass) }
      },
    ]
  }
}

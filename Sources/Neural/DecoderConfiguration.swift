/// The values by which decoder-only families differ; a difference of structure gets a block of its
/// own in the family's file instead.
public struct DecoderConfiguration: Sendable, Hashable {
  /// Entries of the vocabulary, `V`.
  public var vocabularySize: Int
  /// The width of the residual stream, `D`.
  public var width: Int
  /// The width inside the feed-forward.
  public var hidden: Int
  /// Blocks.
  public var layers: Int
  /// Query heads, `H`.
  public var heads: Int
  /// Key and value heads, `K`.
  public var kvHeads: Int
  /// The width of a head, `E`.
  public var headWidth: Int
  /// Added to the mean square before its root is taken.
  public var normEpsilon: Double
  /// The rotary embedding.
  public var rotary: Rotary
  /// Whether query, key and value have biases.
  public var hasAttentionBias: Bool
  /// Whether the attention's output has a bias.
  public var hasAttentionOutputBias: Bool
  /// Whether the feed-forward has biases.
  public var hasFeedForwardBias: Bool
  /// Whether queries and keys are normalised a head at a time.
  public var hasQueryKeyNorm: Bool
  /// Whether the head uses the embedding's tensor.
  public var tiesEmbedding: Bool
  /// The longest sequence the model was made for, in tokens.
  public var maximumPositions: Int
  /// The standard deviation of fresh weights.
  public var initializerRange: Double

  /// A configuration; what a family does not mention is off.
  public init(
    vocabularySize: Int, width: Int, hidden: Int, layers: Int, heads: Int, kvHeads: Int,
    headWidth: Int, normEpsilon: Double, rotary: Rotary, hasAttentionBias: Bool = false,
    hasAttentionOutputBias: Bool = false, hasFeedForwardBias: Bool = false,
    hasQueryKeyNorm: Bool = false, tiesEmbedding: Bool, maximumPositions: Int,
    initializerRange: Double = 0.02
  ) {
    self.vocabularySize = vocabularySize
    self.width = width
    self.hidden = hidden
    self.layers = layers
    self.heads = heads
    self.kvHeads = kvHeads
    self.headWidth = headWidth
    self.normEpsilon = normEpsilon
    self.rotary = rotary
    self.hasAttentionBias = hasAttentionBias
    self.hasAttentionOutputBias = hasAttentionOutputBias
    self.hasFeedForwardBias = hasFeedForwardBias
    self.hasQueryKeyNorm = hasQueryKeyNorm
    self.tiesEmbedding = tiesEmbedding
    self.maximumPositions = maximumPositions
    self.initializerRange = initializerRange
  }
}

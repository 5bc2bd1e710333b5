/// How the next token is chosen.
public struct SamplingSettings: Sendable, Hashable {
  /// Divides the logits; 0 always takes the likeliest token.
  public var temperature: Double
  /// Keeps this many of the likeliest tokens; 0 keeps all.
  public var topK: Int
  /// Keeps the likeliest tokens until their probabilities sum to this.
  public var topP: Double
  /// Drops tokens less likely than this share of the likeliest one's probability.
  public var minP: Double
  /// Divides the logits of tokens already seen (arXiv 1909.05858); 1 leaves them.
  public var repetitionPenalty: Double
  /// The same seed and prompt give the same text.
  public var seed: UInt64

  /// Settings; the defaults are greedy.
  public init(
    temperature: Double = 0, topK: Int = 0, topP: Double = 1, minP: Double = 0,
    repetitionPenalty: Double = 1, seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.seed = seed
  }

  /// Always the likeliest token.
  public static let greedy = SamplingSettings()
}

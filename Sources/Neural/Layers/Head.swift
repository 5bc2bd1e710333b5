public import AnnealTorch

/// The projection of hidden states onto the vocabulary.
///
/// Training and scoring never hold `[tokens, vocabulary]`: they ask for losses and log-probabilities
/// of chosen positions, which are computed in chunks.
public final class Head {
  /// `[V, D]`; the embedding's own tensor when it is tied.
  public let weight: Weight
  /// Whether `weight` is the embedding's.
  public let isTied: Bool

  /// A head that uses the embedding's table.
  public init(tiedTo embedding: Embedding) {
    weight = embedding.weight
    isTied = true
  }

  /// Loads a head of its own.
  public init(_ vocabularySize: Int, _ width: Int, _ weights: Weights) throws {
    weight = try weights.weight("weight", [vocabularySize, width])
    isTied = false
  }

  /// Logits of a few positions, `[M, D]` → `[M, V]`, float32; for generation.
  public func logits(_ hidden: Tensor) -> Tensor {
    defer { weight.letGo() }
    return lowRankLinear(
      .values(hidden), weight: weight.value, bias: nil, updates: [], generates: true
    ).to(.float32)
  }

  /// The cross-entropy of chosen positions and, on request, its gradients.
  ///
  /// - Parameters:
  ///   - hidden: normalised hidden states of the positions that bear loss, `[M, D]`.
  ///   - targets: the token that should follow each, `[M]`, int64.
  ///   - tokenWeights: how much each position counts, `[M]`, float32; nil counts each once.
  ///   - scale: what gradients are multiplied by, such as 1 / tokens of the optimizer step.
  ///   - regularization: what is added to the loss.
  ///   - gradients: which gradients to compute in the same pass.
  public func crossEntropy(
    _ hidden: Tensor, targets: Tensor, tokenWeights: Tensor? = nil, scale: Double = 1,
    regularization: LossRegularization = .init(), gradients: Gradients = [],
    wantsLogProbabilities: Bool = false
  ) -> CrossEntropy {
    defer { weight.letGo() }
    return linearCrossEntropy(
      hidden: hidden, weight: weight.value, bias: nil, targets: targets,
      tokenWeights: tokenWeights, scale: scale,
      wantsHiddenGradient: gradients.contains(.hidden),
      wantsWeightGradient: gradients.contains(.weight),
      wantsLogProbabilities: wantsLogProbabilities, regularization: regularization)
  }

  /// Which gradients of a cross-entropy are wanted.
  public struct Gradients: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int
    /// A set from its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// With respect to the hidden states, `[M, D]`.
    public static let hidden = Gradients(rawValue: 1)
    /// With respect to the head's weight, `[V, D]`.
    public static let weight = Gradients(rawValue: 2)
  }
}

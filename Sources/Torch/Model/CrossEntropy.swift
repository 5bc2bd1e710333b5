internal import CTorch

/// What a head and its loss give for `M` positions.
public struct CrossEntropy {
  /// Σ token weight · −log p(target), nats, float32 `[]`.
  public var lossSum: Tensor
  /// What label smoothing and z-loss add to it, float32 `[]`; 0 without them.
  public var regularizationSum: Tensor
  /// How many positions of non-zero weight have their target as the most probable token, int64 `[]`.
  public var correct: Tensor
  /// log p(target) of each position, nats, float32 `[M]`.
  public var logProbabilities: Tensor?
  /// The loss's gradient at the hidden states, `[M, D]` in their kind, times `scale`.
  public var hiddenGradient: Tensor?
  /// The loss's gradient at the weight, `[V, D]`, times `scale`.
  ///
  /// In the weight's kind when one chunk held all positions, else summed in float32.
  public var weightGradient: Tensor?
}

/// What is added to a cross-entropy so that the model does not become too sure of itself.
///
/// The loss of a position is `(1 − s) · −log p(target) + s · mean of −log p over the vocabulary
/// + z · (log Σ exp logits)²`, with s for `labelSmoothing` (arXiv 1512.00567) and z for `zLoss`
/// (arXiv 2204.02311).
public struct LossRegularization: Sendable, Equatable {
  /// The share of each target's probability that is spread evenly over the vocabulary, 0…1.
  public var labelSmoothing: Double
  /// The weight of the squared logarithm of softmax's denominator; PaLM uses 1e-4.
  public var zLoss: Double

  /// No regularisation unless it is given.
  public init(labelSmoothing: Double = 0, zLoss: Double = 0) {
    self.labelSmoothing = labelSmoothing
    self.zLoss = zLoss
  }
}

/// A vocabulary head and its cross-entropy, forward and backward in one pass.
///
/// Works on chunks of positions, so that logits take `chunk · V` values and never `M · V`. The
/// product is in the hidden states' kind, softmax in float32. Nothing is recorded for gradients:
/// seed a backward pass with `hiddenGradient`. A negative target, or a token weight of 0, bears no
/// loss.
///
/// - Parameters:
///   - hidden: `[M, D]`.
///   - weight: `[V, D]`, in the hidden states' kind.
///   - bias: `[V]`.
///   - targets: token numbers, `[M]`, int64.
///   - tokenWeights: a factor for each position's loss, `[M]`, float32; 1 when nil.
///   - scale: a factor for the gradients alone, such as one over the batch's loss-bearing tokens.
///   - chunk: positions at a time; 0 chooses so that logits take about 96 MB, more beside a
///     gradient of the weight.
///   - regularization: what is added to the loss, in `regularizationSum` and in the gradients.
///   - softCap: logits become `cap · tanh(logits / cap)`, as in Gemma 2.
public func linearCrossEntropy(
  hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: Tensor,
  tokenWeights: Tensor? = nil, scale: Double = 1, wantsHiddenGradient: Bool,
  wantsWeightGradient: Bool = false, wantsLogProbabilities: Bool = false, chunk: Int = 0,
  regularization: LossRegularization = .init(), softCap: Double? = nil
) -> CrossEntropy {
  var result = ct_cross_entropy()
  let operands = [hidden, weight, targets] + [bias, tokenWeights].compactMap { $0 }
  Tensor.perform(on: operands) {
    var request = ct_cross_entropy_request(
      hidden: hidden.pointer, weight: weight.pointer, bias_or_null: bias?.pointer,
      targets: targets.pointer, token_weights_or_null: tokenWeights?.pointer, scale: scale,
      soft_cap: softCap ?? 0, label_smoothing: regularization.labelSmoothing,
      z_loss: regularization.zLoss, chunk: Int64(chunk), wants_hidden_gradient: wantsHiddenGradient,
      wants_weight_gradient: wantsWeightGradient, wants_log_probabilities: wantsLogProbabilities)
    return ct_linear_cross_entropy(&request, &result)
  }
  return CrossEntropy(
    lossSum: Tensor(owning: result.loss),
    regularizationSum: Tensor(owning: result.regularization),
    correct: Tensor(owning: result.correct),
    logProbabilities: result.log_probabilities.map { Tensor(owning: $0) },
    hiddenGradient: result.hidden_gradient.map { Tensor(owning: $0) },
    weightGradient: result.weight_gradient.map { Tensor(owning: $0) })
}

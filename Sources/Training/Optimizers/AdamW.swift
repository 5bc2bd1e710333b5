public import AnnealTorch

/// Adam with decoupled weight decay (arXiv 1711.05101).
///
/// Moments and the values they move are float32: 12 bytes a trained value with its master copy.
public struct AdamW: Sendable, Hashable {
  /// The learning rate.
  public var schedule: Schedule
  /// How long the mean of the gradient remembers.
  public var beta1: Double
  /// How long the mean of its square remembers.
  public var beta2: Double
  /// Added to the root of the mean square.
  public var epsilon: Double
  /// How fast matrices shrink; vectors (norms, biases) never do.
  public var weightDecay: Double

  /// An optimizer; the defaults are the field's.
  public init(
    _ schedule: Schedule, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) {
    self.schedule = schedule
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// An optimizer, spelt for a call site: `optimizer: .adamW(.cosine(peak: 2e-4, warmup: 100))`.
  public static func adamW(_ schedule: Schedule, weightDecay: Double = 0) -> AdamW {
    AdamW(schedule, weightDecay: weightDecay)
  }
}

/// The moments of trained values.
public struct AdamWState {
  /// Means of the gradients, float32.
  public var firstMoments: [Tensor]
  /// Means of their squares, float32.
  public var secondMoments: [Tensor]
  /// Steps taken; a skipped step is none.
  public var step: Int

  /// Moments of values that have not moved yet.
  public init(for masters: [Tensor]) {
    firstMoments = masters.map { .zeros($0.shape, .float32, on: $0.device) }
    secondMoments = masters.map { .zeros($0.shape, .float32, on: $0.device) }
    step = 0
  }

  /// Moves `masters` against `gradients`.
  ///
  /// - Parameter gradientScale: what gradients are multiplied by, such as a clipping factor.
  mutating func update(
    _ masters: [Tensor], by gradients: [Tensor], _ adamW: AdamW, rate: Double,
    gradientScale: Double
  ) {
    step += 1
    let matrices = masters.indices.filter { masters[$0].rank >= 2 }
    let vectors = masters.indices.filter { masters[$0].rank < 2 }
    for (group, decay) in [(matrices, adamW.weightDecay), (vectors, 0)] where !group.isEmpty {
      adamWStep(
        parameters: group.map { masters[$0] }, gradients: group.map { gradients[$0] },
        firstMoments: group.map { firstMoments[$0] },
        secondMoments: group.map { secondMoments[$0] }, learningRate: rate, beta1: adamW.beta1,
        beta2: adamW.beta2, epsilon: adamW.epsilon, weightDecay: decay, step: step,
        gradientScale: gradientScale)
    }
  }
}

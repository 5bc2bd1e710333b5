public import AnnealTorch

/// Adam with decoupled weight decay (arXiv 1711.05101).
///
/// Both moments are float32: 8 bytes a trained value beside the value's own 4.
public struct AdamW: Optimizer, Hashable {
  /// `optim: adamw`.
  public static let name = "adamw"
  /// Peers' names; paging moves state out of a GPU's memory and changes no number.
  public static let aliases = [
    "adamw_torch", "adamw_torch_fused", "adamw_hf", "paged_adamw", "paged_adamw_32bit",
  ]

  /// The learning rate, decays and weight decay.
  public var settings: OptimizerSettings

  /// An optimizer.
  public init(_ settings: OptimizerSettings) { self.settings = settings }

  /// Zeros: `first_moment` and `second_moment`, float32 in the tensor's shape.
  public func state(of master: Tensor) -> OptimizerState {
    OptimizerState(
      ["first_moment", "second_moment"].map {
        ($0, .zeros(master.shape, .float32, on: master.device))
      })
  }

  /// 8 bytes a value.
  public func stateBytes(count: Int) -> Int { 8 * count }

  /// Moves tensors and their moments.
  public func update(_ tensors: [OptimizedTensor], _ step: OptimizerStep) {
    for (decay, group) in settings.groups(tensors) {
      settings.step(step, weightDecay: decay)(
        parameters: group.map(\.master), gradients: group.map(\.gradient),
        firstMoments: group.compactMap { $0.state["first_moment"] },
        secondMoments: group.compactMap { $0.state["second_moment"] })
    }
  }
}

extension Optimizer where Self == AdamW {
  /// AdamW, spelt for a call site: `optimizer: .adamW(.cosine(peak: 2e-4, warmup: 100))`.
  public static func adamW(_ schedule: Schedule, weightDecay: Double = 0) -> AdamW {
    AdamW(OptimizerSettings(schedule, weightDecay: weightDecay))
  }
}

extension OptimizerSettings {
  /// Matrices, and vectors, which do not shrink.
  func groups(_ tensors: [OptimizedTensor]) -> [(decay: Double, tensors: [OptimizedTensor])] {
    let groups = [
      (weightDecay, tensors.filter { $0.master.rank >= 2 }),
      (0, tensors.filter { $0.master.rank < 2 }),
    ]
    return groups.filter { !$0.1.isEmpty }
  }

  /// A step of AdamW with these settings.
  func step(_ step: OptimizerStep, weightDecay: Double) -> AdamWStep {
    AdamWStep(
      learningRate: step.rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, step: step.number, gradientScale: step.gradientScale)
  }
}

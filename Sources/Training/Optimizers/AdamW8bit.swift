public import AnnealTorch

/// AdamW with moments in 8-bit codes, block by block (arXiv 2110.02861).
///
/// A quarter of AdamW's state: 2 1/32 bytes a trained value beside the value's own 4. Each block of
/// 256 values has a scale of its own, and the codes' values lie closest where most moments do, near
/// 0. Maps, blocks and arithmetic are those of bitsandbytes; tensors of fewer than 4,096 values,
/// norms and biases among them, keep float32 moments as they do there.
public struct AdamW8bit: Optimizer, Hashable {
  /// `optim: adamw_8bit`.
  public static let name = "adamw_8bit"
  /// Peers' names; paging moves state out of a GPU's memory and changes no number.
  public static let aliases = ["adamw_bnb_8bit", "paged_adamw_8bit"]

  /// The learning rate, decays and weight decay.
  public var settings: OptimizerSettings
  /// Tensors of fewer values keep float32 moments.
  public var fewestValues = 4096

  private var plain: AdamW { AdamW(settings) }

  /// An optimizer.
  public init(_ settings: OptimizerSettings) { self.settings = settings }

  /// Moments of 0: codes uint8 in the tensor's shape and scales float32 `[blocks]`.
  ///
  /// A small tensor's are AdamW's.
  public func state(of master: Tensor) -> OptimizerState {
    guard master.count >= fewestValues else { return plain.state(of: master) }
    return OptimizerState(
      ["first_moment", "second_moment"].flatMap { name in
        [
          ("\(name)_codes", Tensor.zeros(master.shape, .uint8, on: master.device)),
          ("\(name)_scales", .zeros([Self.blocks(master.count)], on: master.device)),
        ]
      })
  }

  /// 2 bytes a value and 8 a block; 8 a value in small tensors.
  public func stateBytes(count: Int) -> Int {
    count >= fewestValues ? 2 * count + 8 * Self.blocks(count) : plain.stateBytes(count: count)
  }

  /// Moves tensors and their moments.
  public func update(_ tensors: [OptimizedTensor], _ step: OptimizerStep) {
    let coded = tensors.filter { $0.state["first_moment_codes"] != nil }
    plain.update(tensors.filter { $0.state["first_moment"] != nil }, step)
    for (decay, group) in settings.groups(coded) {
      settings.step(step, weightDecay: decay)(
        parameters: group.map(\.master), gradients: group.map(\.gradient),
        firstMoments: group.compactMap { $0.state.moment("first_moment") },
        secondMoments: group.compactMap { $0.state.moment("second_moment") })
    }
  }

  private static func blocks(_ count: Int) -> Int {
    (count + CodedMoment.block - 1) / CodedMoment.block
  }
}

extension Optimizer where Self == AdamW8bit {
  /// AdamW with 8-bit moments: `optimizer: .adamW8bit(.cosine(peak: 2e-5, warmup: 100))`.
  public static func adamW8bit(_ schedule: Schedule, weightDecay: Double = 0) -> AdamW8bit {
    AdamW8bit(OptimizerSettings(schedule, weightDecay: weightDecay))
  }
}

extension OptimizerState {
  fileprivate func moment(_ name: String) -> CodedMoment? {
    guard let codes = self[name + "_codes"], let scales = self[name + "_scales"] else { return nil }
    return CodedMoment(codes: codes, scales: scales)
  }
}

internal import CTorch

/// What one AdamW step does to each value; the learning rate is that of the step.
///
/// Decoupled weight decay: arXiv 1711.05101.
public struct AdamWStep: Sendable {
  /// The learning rate.
  public var learningRate: Double
  /// The decay of the gradient's running mean.
  public var beta1: Double
  /// The decay of its square's running mean.
  public var beta2: Double
  /// Added to the root of the mean square.
  public var epsilon: Double
  /// A share of each value that goes, at learning rate 1.
  public var weightDecay: Double
  /// Which step this is, from 1, for the moments' bias correction.
  public var step: Int
  /// What gradients are multiplied by first, such as a clipping factor.
  public var gradientScale: Double

  /// A step.
  public init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, step: Int, gradientScale: Double = 1
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.step = step
    self.gradientScale = gradientScale
  }

  /// Moves all `parameters`, in place.
  ///
  /// Parameters and moments are float32, gradients float32 or bfloat16. The result does not depend
  /// on the number of threads, and everything is checked before anything changes.
  public func callAsFunction(
    parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor]
  ) {
    let lists = [parameters, gradients, firstMoments, secondMoments]
    guard isEven(lists) else { return }
    Tensor.perform(on: lists.flatMap { $0 }) {
      var settings = bridged
      return ct_adamw_step(
        parameters.map(\.pointer), gradients.map(\.pointer), firstMoments.map(\.pointer),
        secondMoments.map(\.pointer), Int64(parameters.count), &settings)
    }
  }

  /// Moves all `parameters`, in place, with moments in 8-bit codes.
  ///
  /// The moments of each block of 256 values are decoded, moved and coded again by the block's new
  /// greatest magnitude, so that float32 moments exist of one block at a time: arXiv 2110.02861, with
  /// the numbers of bitsandbytes.
  public func callAsFunction(
    parameters: [Tensor], gradients: [Tensor], firstMoments: [CodedMoment],
    secondMoments: [CodedMoment]
  ) {
    let moments = firstMoments + secondMoments
    let lists = [
      parameters, gradients, firstMoments.map(\.codes), secondMoments.map(\.codes),
    ]
    guard isEven(lists) else { return }
    Tensor.perform(on: lists.flatMap { $0 } + moments.map(\.scales)) {
      var settings = bridged
      return ct_adamw_8bit_step(
        parameters.map(\.pointer), gradients.map(\.pointer), firstMoments.map(\.bridged),
        secondMoments.map(\.bridged), Int64(parameters.count), &settings)
    }
  }

  private var bridged: ct_adamw {
    ct_adamw(
      learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weight_decay: weightDecay, gradient_scale: gradientScale, step: Int64(step))
  }

  private func isEven(_ lists: [[Tensor]]) -> Bool {
    if lists.allSatisfy({ $0.count == lists[0].count }) { return true }
    CheckedScope.report(
      TorchError(
        .invalid, operation: "AdamWStep",
        message: "lists of \(lists.map(\.count)) tensors must be of one length"))
    return false
  }
}

/// A moment of a trained tensor in codes of the dynamic 8-bit data type, 1 1/64 bytes a value.
///
/// First moments are coded by the signed map, second moments by the unsigned one.
public struct CodedMoment {
  /// Values that share a scale.
  public static let block = Int(CT_MOMENT_BLOCK)

  /// A code a value, uint8 in the tensor's shape.
  public let codes: Tensor
  /// The greatest magnitude of each block of 256 values in row order, float32 `[blocks]`.
  public let scales: Tensor

  /// A moment of codes and scales.
  public init(codes: Tensor, scales: Tensor) {
    self.codes = codes
    self.scales = scales
  }

  /// The values that codes stand for, ascending, float32 `[256]`; scales multiply them.
  public static func map(isSigned: Bool) -> Tensor {
    Tensor.make(of: []) { ct_dynamic_map(isSigned, $0) }
  }

  fileprivate var bridged: ct_moment { ct_moment(codes: codes.pointer, scales: scales.pointer) }
}

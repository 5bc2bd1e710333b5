internal import CTorch

/// One AdamW step of all `parameters`, in place; everything is float32.
///
/// Decoupled weight decay; the result does not depend on the number of threads. Everything is
/// checked before anything changes. Paper: arXiv 1711.05101.
///
/// - Parameters:
///   - step: which step this is, from 1, for the moments' bias correction.
///   - gradientScale: what gradients are multiplied by first, such as a clipping factor.
public func adamWStep(
  parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor],
  learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
  weightDecay: Double = 0, step: Int, gradientScale: Double = 1
) {
  let lists = [parameters, gradients, firstMoments, secondMoments]
  guard lists.allSatisfy({ $0.count == parameters.count }) else {
    return CheckedScope.report(
      TorchError(
        .invalid, operation: "adamWStep",
        message: "lists of \(lists.map(\.count)) tensors must be of one length"))
  }
  Tensor.perform(on: parameters + gradients + firstMoments + secondMoments) {
    var settings = ct_adamw(
      learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weight_decay: weightDecay, gradient_scale: gradientScale, step: Int64(step))
    return ct_adamw_step(
      parameters.map(\.pointer), gradients.map(\.pointer), firstMoments.map(\.pointer),
      secondMoments.map(\.pointer), Int64(parameters.count), &settings)
  }
}

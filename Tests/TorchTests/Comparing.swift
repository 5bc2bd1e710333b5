import AnnealTorch
import Testing

/// The greatest difference between two tensors, relative to the greatest value of `expected`.
func distance(_ found: Tensor, _ expected: Tensor) -> Double {
  withoutGradient {
    guard found.shape == expected.shape else { return .infinity }
    let difference = (found.to(.float64) - expected.to(.float64)).abs().max().item()
    return difference / max(expected.to(.float64).abs().max().item(), 1e-30)
  }
}

/// float32 numbers that are the same in every run.
func sample(_ shape: [Int], _ stream: UInt64 = 0, deviation: Double = 1) -> Tensor {
  .normal(shape, deviation: deviation, key: RandomKey(seed: 11, stream: stream))
}

/// A value and the gradients of Σ value · seed at each input.
func differentiated(
  _ inputs: [Tensor], _ dtype: DType, _ function: ([Tensor]) -> Tensor
) -> (value: Tensor, gradients: [Tensor?]) {
  let leaves = inputs.map { $0.to(dtype).detached().copied().requiringGradient() }
  let value = function(leaves)
  let seed = sample(value.shape, 999).to(.bfloat16).to(value.dtype)
  return (value, Tensor.gradients(of: [value], seeds: [seed], for: leaves))
}

/// Expects `function` to equal `plain`, computed in float64 from the same inputs, in value and in
/// every gradient.
///
/// float32 agrees to a few roundings. bfloat16 has 8 bits: inputs, result and gradients are each
/// rounded once by up to 0.4 % of their own size, and sums of them by a little more of the greatest.
func expectSame(
  _ inputs: [Tensor], _ dtype: DType, _ function: ([Tensor]) -> Tensor,
  as plain: ([Tensor]) -> Tensor, sourceLocation: SourceLocation = #_sourceLocation
) {
  let tolerance = dtype == .bfloat16 ? 1.5e-2 : 1e-5
  let rounded = inputs.map { $0.to(dtype) }
  let found = differentiated(rounded, dtype, function)
  let expected = differentiated(rounded, .float64, plain)
  #expect(found.value.dtype == dtype, sourceLocation: sourceLocation)
  let error = distance(found.value, expected.value)
  #expect(error < tolerance, "value", sourceLocation: sourceLocation)
  for (index, pair) in zip(found.gradients, expected.gradients).enumerated() {
    guard let gradient = pair.0, let reference = pair.1 else {
      Issue.record("input \(index) has no gradient", sourceLocation: sourceLocation)
      continue
    }
    let error = distance(gradient, reference)
    #expect(error < tolerance, "gradient of input \(index)", sourceLocation: sourceLocation)
  }
}

/// The kinds that the bridge's own kernels take, and one that takes the way of other devices.
let kernelTypes: [DType] = [.float32, .bfloat16, .float64]

internal import AnnealTorch

/// Values that are computed with at once, so that what stands between takes little memory.
private let stretch = 1 << 24

/// What `body` makes of tensors of one shape, value by value, a stretch of values at a time.
///
/// Only the result is as large as a tensor; what `body` makes on the way is not.
func valueByValue(_ tensors: [Tensor], _ body: ([Tensor]) -> Tensor) -> Tensor {
  guard let first = tensors.first, first.count > stretch else { return body(tensors) }
  let flat = tensors.map { $0.reshaped([-1]) }
  let result = Tensor.empty(first.shape, first.dtype)
  let places = result.view([-1])
  for start in Swift.stride(from: 0, to: first.count, by: stretch) {
    let length = min(stretch, first.count - start)
    places.narrow(0, start, length).copy(from: body(flat.map { $0.narrow(0, start, length) }))
  }
  return result
}

/// The sum of `tensors` in their order, added up in float32 and rounded once.
func sum(_ tensors: [Tensor]) -> Tensor {
  guard let first = tensors.first else { return Tensor(0.0) }
  guard first.dtype != .float64 else { return tensors.dropFirst().reduce(first) { $0 + $1 } }
  return tensors.dropFirst().reduce(first.to(.float32)) { $0 + $1.to(.float32) }.to(first.dtype)
}

/// `value` as a number of `dtype` has it.
func rounded(_ value: Double, to dtype: DType) -> Double {
  Tensor.full([], value, .float64).to(dtype).item()
}

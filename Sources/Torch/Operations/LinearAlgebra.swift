internal import CTorch

extension Tensor {
  /// The matrix product over the last two dimensions; earlier dimensions are a batch.
  public func matmul(_ other: Tensor) -> Tensor {
    Tensor.make(of: [self, other]) { ct_matmul(pointer, other.pointer, $0) }
  }

  /// `x·Wᵀ + b`: x `[…, in]`, weight `[out, in]`, bias `[out]` → `[…, out]`.
  public static func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    make(of: [x, weight] + (bias.map { [$0] } ?? [])) {
      ct_linear(x.pointer, weight.pointer, bias?.pointer, $0)
    }
  }
}

internal import CTorch

extension Tensor {
  /// The singular values of a matrix `[m, n]`, greatest first, and their vectors:
  /// `self = left · diag(values) · right`, with `k = min(m, n)`.
  ///
  /// - Returns: `[m, k]`, `[k]`, `[k, n]`.
  public func singularVectors() -> (left: Tensor, values: Tensor, right: Tensor) {
    var made: [OpaquePointer?] = [nil, nil, nil]
    Tensor.perform(on: [self]) {
      var parts: (OpaquePointer?, OpaquePointer?, OpaquePointer?) = (nil, nil, nil)
      let failure = ct_svd(pointer, &parts.0, &parts.1, &parts.2)
      made = [parts.0, parts.1, parts.2]
      return failure
    }
    return (Tensor(owning: made[0]), Tensor(owning: made[1]), Tensor(owning: made[2]))
  }

  /// A matrix `[m, n]` as one with orthonormal columns and a triangular one, with `k = min(m, n)`.
  ///
  /// - Returns: `[m, k]`, `[k, n]`.
  public func orthonormalColumns() -> (orthonormal: Tensor, triangular: Tensor) {
    Tensor.pair(of: [self]) { ct_qr(pointer, $0, $1) }
  }

  /// A copy with zeros except at the `count` places of greatest magnitude; of equal ones the
  /// earlier are kept.
  public func keepingLargest(_ count: Int) -> Tensor {
    Tensor.make(of: [self]) { ct_keep_largest(pointer, Int64(count), $0) }
  }
}

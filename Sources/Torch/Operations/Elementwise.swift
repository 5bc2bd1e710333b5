internal import CTorch

extension Tensor {
  func mapped(_ operation: ct_unary) -> Tensor {
    Tensor.make(of: [self]) { ct_map(operation, pointer, $0) }
  }

  /// e to the power of each value.
  public func exp() -> Tensor { mapped(CT_EXP) }
  /// The natural logarithm.
  public func log() -> Tensor { mapped(CT_LOG) }
  /// The square root.
  public func sqrt() -> Tensor { mapped(CT_SQRT) }
  /// One divided by the square root.
  public func rsqrt() -> Tensor { mapped(CT_RSQRT) }
  /// The square.
  public func squared() -> Tensor { mapped(CT_SQUARE) }
  /// The absolute value.
  public func abs() -> Tensor { mapped(CT_ABS) }
  /// The sine of radians.
  public func sin() -> Tensor { mapped(CT_SIN) }
  /// The cosine of radians.
  public func cos() -> Tensor { mapped(CT_COS) }
  /// The hyperbolic tangent.
  public func tanh() -> Tensor { mapped(CT_TANH) }
  /// The logistic function.
  public func sigmoid() -> Tensor { mapped(CT_SIGMOID) }
  /// The logarithm of the logistic function, without overflow.
  public func logSigmoid() -> Tensor { mapped(CT_LOG_SIGMOID) }
  /// `x · sigmoid(x)`.
  public func silu() -> Tensor { mapped(CT_SILU) }
  /// The Gaussian error linear unit, exact or by its hyperbolic tangent approximation.
  public func gelu(tanhApproximation: Bool = false) -> Tensor {
    mapped(tanhApproximation ? CT_GELU_TANH : CT_GELU)
  }
  /// The value where positive, else 0.
  public func relu() -> Tensor { mapped(CT_RELU) }
  /// The nearest whole number, ties to even.
  public func rounded() -> Tensor { mapped(CT_ROUND) }
  /// The greatest whole number not above.
  public func floor() -> Tensor { mapped(CT_FLOOR) }
}

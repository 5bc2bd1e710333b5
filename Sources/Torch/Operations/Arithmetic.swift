internal import CTorch

extension Tensor {
  static func combined(_ operation: ct_binary, _ a: Tensor, _ b: Tensor) -> Tensor {
    make(of: [a, b]) { ct_combine(operation, a.pointer, b.pointer, $0) }
  }

  static func combined(
    _ operation: ct_binary, _ a: Tensor, _ b: Double, reversed: Bool = false
  ) -> Tensor {
    make(of: [a]) { ct_combine_scalar(operation, a.pointer, b, reversed, $0) }
  }

  /// The sum, value by value; extents of 1 repeat.
  public static func + (a: Tensor, b: Tensor) -> Tensor { combined(CT_ADD, a, b) }
  /// The difference, value by value; extents of 1 repeat.
  public static func - (a: Tensor, b: Tensor) -> Tensor { combined(CT_SUBTRACT, a, b) }
  /// The product, value by value; extents of 1 repeat.
  public static func * (a: Tensor, b: Tensor) -> Tensor { combined(CT_MULTIPLY, a, b) }
  /// The quotient, value by value; extents of 1 repeat and integers give float32.
  public static func / (a: Tensor, b: Tensor) -> Tensor { combined(CT_DIVIDE, a, b) }

  /// `b` added to each value.
  public static func + (a: Tensor, b: Double) -> Tensor { combined(CT_ADD, a, b) }
  /// `b` subtracted from each value.
  public static func - (a: Tensor, b: Double) -> Tensor { combined(CT_SUBTRACT, a, b) }
  /// Each value times `b`.
  public static func * (a: Tensor, b: Double) -> Tensor { combined(CT_MULTIPLY, a, b) }
  /// Each value divided by `b`.
  public static func / (a: Tensor, b: Double) -> Tensor { combined(CT_DIVIDE, a, b) }

  /// `a` added to each value.
  public static func + (a: Double, b: Tensor) -> Tensor { combined(CT_ADD, b, a) }
  /// `a` minus each value.
  public static func - (a: Double, b: Tensor) -> Tensor {
    combined(CT_SUBTRACT, b, a, reversed: true)
  }
  /// `a` times each value.
  public static func * (a: Double, b: Tensor) -> Tensor { combined(CT_MULTIPLY, b, a) }
  /// `a` divided by each value.
  public static func / (a: Double, b: Tensor) -> Tensor {
    combined(CT_DIVIDE, b, a, reversed: true)
  }

  /// Each value negated.
  public static prefix func - (a: Tensor) -> Tensor { a.mapped(CT_NEGATE) }

  /// Each value to the power `exponent`.
  public func pow(_ exponent: Double) -> Tensor { Tensor.combined(CT_POWER, self, exponent) }

  /// The greater of two values.
  public func maximum(_ other: Tensor) -> Tensor { Tensor.combined(CT_MAXIMUM, self, other) }
  /// The greater of each value and `bound`.
  public func maximum(_ bound: Double) -> Tensor { Tensor.combined(CT_MAXIMUM, self, bound) }
  /// The smaller of two values.
  public func minimum(_ other: Tensor) -> Tensor { Tensor.combined(CT_MINIMUM, self, other) }
  /// The smaller of each value and `bound`.
  public func minimum(_ bound: Double) -> Tensor { Tensor.combined(CT_MINIMUM, self, bound) }

  /// Each value brought between `min` and `max`, where they are given.
  public func clamped(min: Double? = nil, max: Double? = nil) -> Tensor {
    Tensor.make(of: [self]) { ct_clamp(pointer, min ?? .nan, max ?? .nan, $0) }
  }
}

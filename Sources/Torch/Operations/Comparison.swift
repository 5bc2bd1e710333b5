internal import CTorch

extension Tensor {
  /// Whether values are equal, as a Boolean tensor.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { combined(CT_EQUAL, a, b) }
  /// Whether values differ, as a Boolean tensor.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { combined(CT_NOT_EQUAL, a, b) }
  /// Whether values are smaller, as a Boolean tensor.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { combined(CT_LESS, a, b) }
  /// Whether values are smaller or equal, as a Boolean tensor.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { combined(CT_LESS_EQUAL, a, b) }
  /// Whether values are greater, as a Boolean tensor.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { combined(CT_GREATER, a, b) }
  /// Whether values are greater or equal, as a Boolean tensor.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { combined(CT_GREATER_EQUAL, a, b) }

  /// Whether values equal `b`, as a Boolean tensor.
  public static func .== (a: Tensor, b: Double) -> Tensor { combined(CT_EQUAL, a, b) }
  /// Whether values differ from `b`, as a Boolean tensor.
  public static func .!= (a: Tensor, b: Double) -> Tensor { combined(CT_NOT_EQUAL, a, b) }
  /// Whether values are smaller than `b`, as a Boolean tensor.
  public static func .< (a: Tensor, b: Double) -> Tensor { combined(CT_LESS, a, b) }
  /// Whether values are at most `b`, as a Boolean tensor.
  public static func .<= (a: Tensor, b: Double) -> Tensor { combined(CT_LESS_EQUAL, a, b) }
  /// Whether values are greater than `b`, as a Boolean tensor.
  public static func .> (a: Tensor, b: Double) -> Tensor { combined(CT_GREATER, a, b) }
  /// Whether values are at least `b`, as a Boolean tensor.
  public static func .>= (a: Tensor, b: Double) -> Tensor { combined(CT_GREATER_EQUAL, a, b) }

  /// Both true.
  public static func & (a: Tensor, b: Tensor) -> Tensor { combined(CT_AND, a, b) }
  /// Either true.
  public static func | (a: Tensor, b: Tensor) -> Tensor { combined(CT_OR, a, b) }
  /// Not true.
  public static prefix func ~ (a: Tensor) -> Tensor { a.mapped(CT_NOT) }

  /// Whether values are neither infinite nor not-a-number, as a Boolean tensor.
  public func isFinite() -> Tensor { mapped(CT_IS_FINITE) }
}

public import AnnealTorch

/// The residual stream between the parts of a block, `[N, D]`, with what is still to be added to it.
///
/// An addition waits for the norm of the next part, which adds and normalises in one pass over memory.
public struct ResidualStream {
  private let base: Tensor
  private let addition: Tensor?

  /// The stream `x`, `[N, D]`.
  public init(_ x: Tensor) { self.init(x, adding: nil) }

  private init(_ base: Tensor, adding addition: Tensor?) {
    self.base = base
    self.addition = addition
  }

  /// The stream with all that was added to it, `[N, D]`.
  public var value: Tensor { addition.map { base + $0 } ?? base }

  /// The stream and what `part` makes of it at unit root mean square, `[N, D]` → `[N, D]`.
  public func adding(_ norm: RMSNorm, _ part: (Tensor) -> Tensor) -> ResidualStream {
    guard let addition else { return ResidualStream(base, adding: part(norm(base))) }
    let (sum, normal) = norm(adding: addition, to: base)
    return ResidualStream(sum, adding: part(normal))
  }
}

public import AnnealTorch

/// Something learned beside a frozen linear map.
public protocol Attachment: AnyObject {
  /// The factors, when this is a low-rank update: the linear then computes it with its own product.
  var lowRank: LowRank? { get }
  /// What the linear map puts out with this attached, `[N, in]` → `[N, out]`.
  ///
  /// - Parameters:
  ///   - x: what goes into the map.
  ///   - base: the map as it would be without this.
  func callAsFunction(_ x: Tensor, around base: (Tensor) -> Tensor, in pass: Pass) -> Tensor
  /// What is learned, in a fixed order, by PEFT's key names below the site.
  var parameters: [(name: String, value: Tensor)] { get }
  /// The weight that gives the same map without this attached, when there is one.
  ///
  /// - Parameter weight: the base's, `[out, in]`, float32.
  func merged(into weight: Tensor) -> Tensor?
}

extension Attachment {
  /// Not a low-rank update.
  public var lowRank: LowRank? { nil }
  /// A low-rank update is computed by the linear itself and leaves `base` as it is.
  public func callAsFunction(
    _ x: Tensor, around base: (Tensor) -> Tensor, in pass: Pass
  ) -> Tensor { base(x) }
}

/// The factors of `y += scale · dropout(x)·Aᵀ·Bᵀ`.
public struct LowRank {
  /// `[rank, in]`, float32.
  public var a: Tensor
  /// `[out, rank]`, float32.
  public var b: Tensor
  /// `alpha / rank`, or `alpha / √rank`.
  public var scale: Double
  /// The probability that an input value is dropped while training.
  public var dropout: Double

  /// Factors and their scale.
  public init(a: Tensor, b: Tensor, scale: Double, dropout: Double) {
    self.a = a
    self.b = b
    self.scale = scale
    self.dropout = dropout
  }

  func update(for x: Tensor, at site: Site, in pass: Pass) -> LowRankUpdate {
    let mask = pass.dropout.flatMap { key in
      dropout > 0
        ? key.mask(dropout, width: site.inputs, site: site, dtype: x.dtype).to(x.device) : nil
    }
    return LowRankUpdate(
      a: a.to(x.device), b: b.to(x.device), scale: scale, dropoutMask: mask)
  }
}

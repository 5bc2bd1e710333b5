internal import AnnealTorch

/// How several differences agree on a sign for each value.
///
/// Paper: arXiv 2306.01708 (TIES).
public enum SignMajority: String, Sendable, CaseIterable {
  /// The sign of their sum.
  case total
  /// The sign that more of them have.
  case frequency

  /// 1 or -1 for each value of `parts`, which have one shape; 1 where neither sign prevails.
  func elected(_ parts: [Tensor]) -> Tensor {
    let votes = self == .total ? parts : parts.map(Self.sign)
    return ((sum(votes) .>= 0.0).to(.float32) * 2 - 1).to(parts.first?.dtype ?? .float32)
  }

  /// Ones where a value of `part` has the elected sign, else zeros.
  static func agreement(_ part: Tensor, with elected: Tensor) -> Tensor {
    (part * elected .> 0.0).to(part.dtype)
  }

  private static func sign(_ x: Tensor) -> Tensor {
    (x .> 0.0).to(x.dtype) - (x .< 0.0).to(x.dtype)
  }
}

public import AnnealTorch

/// A weighted sum of differences, over all of them or over those that agree on a sign.
public struct WeightedSum: Sendable {
  /// How a sign is agreed on; nil takes every value.
  public var signs: SignMajority?
  /// Whether the weights count when the sign is agreed on.
  public var weighsVotes: Bool
  /// What the sum is divided by.
  public var divisor: Divisor

  /// What a sum is divided by, value by value.
  public enum Divisor: Sendable {
    /// Nothing.
    case one
    /// How many agree.
    case count
    /// The weights of those that agree, or of all.
    case weights
  }

  /// A sum.
  public init(signs: SignMajority? = nil, weighsVotes: Bool = false, divisor: Divisor = .one) {
    self.signs = signs
    self.weighsVotes = weighsVotes
    self.divisor = divisor
  }

  /// The sum of `parts`, tensors of one shape and type, by their weights.
  public func callAsFunction(_ parts: [Tensor], weights: [Double]) -> Tensor {
    let dtype = parts.first?.dtype ?? .float32
    let weights = weights.map { rounded($0, to: dtype) }
    return valueByValue(parts) { parts in
      let weighted = zip(parts, weights).map { $0 * $1 }
      guard let signs else { return plain(weighted, weights) }
      let elected = signs.elected(weighsVotes ? weighted : parts)
      let agree = (weighsVotes ? weighted : parts).map {
        SignMajority.agreement($0, with: elected)
      }
      let total = sum(zip(weighted, agree).map { $0 * $1 })
      switch divisor {
      case .one: return total
      case .count: return total / sum(agree).maximum(1)
      case .weights:
        let share = sum(zip(agree, weights).map { $0 * $1 })
        return total / share.filled(where: share .== 0.0, with: 1)
      }
    }
  }

  private func plain(_ weighted: [Tensor], _ weights: [Double]) -> Tensor {
    let total = sum(weighted)
    switch divisor {
    case .one: return total
    case .count: return total / Double(max(1, weighted.count))
    case .weights:
      let all = weights.reduce(0, +)
      return abs(all) < 1e-8 ? total : total / rounded(all, to: total.dtype)
    }
  }
}

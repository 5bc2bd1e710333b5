public import AnnealTorch

/// What the published rules for adding up differences have in common: some of each difference's
/// values are kept, and what is kept is added up.
public struct TaskRule: Sendable {
  /// Which values of each difference are kept; nil keeps all.
  public var pruning: Pruning?
  /// How those that are kept make up for the others.
  public var rescaling: Pruning.Rescaling
  /// How many values of a tensor are kept at least.
  public var least: Int
  /// How they are added up.
  public var sum: WeightedSum

  /// A rule.
  public init(
    pruning: Pruning? = nil, rescaling: Pruning.Rescaling = .none, least: Int = 0,
    sum: WeightedSum = WeightedSum()
  ) {
    self.pruning = pruning
    self.rescaling = rescaling
    self.least = least
    self.sum = sum
  }

  /// The merged difference.
  ///
  /// - Parameters:
  ///   - parts: differences of one shape and type.
  ///   - densities: the share of values to keep, a part each.
  ///   - keys: the random numbers of each part.
  public func callAsFunction(
    _ parts: [Tensor], weights: [Double], densities: [Double], mask: RandomMask, keys: [RandomKey]
  ) -> Tensor {
    guard let pruning else { return sum(parts, weights: weights) }
    let kept = parts.indices.map { index in
      pruning(
        parts[index], density: densities[index], rescaling: rescaling, least: least, mask: mask,
        key: keys[index])
    }
    return sum(kept, weights: weights)
  }
}

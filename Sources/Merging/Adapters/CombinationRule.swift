internal import AnnealTorch

/// A rule for differences as adapters are combined by: signs are agreed on before weights count, and
/// sums are divided by how many agree.
struct CombinationRule: Sendable {
  var pruning: Pruning?
  var electsSigns = false

  static let plain = CombinationRule()
  static let ties = CombinationRule(pruning: .magnitude, electsSigns: true)
  static let dareLinear = CombinationRule(pruning: .random)
  static let dareTies = CombinationRule(pruning: .random, electsSigns: true)
  static let magnitudePrune = CombinationRule(pruning: .magnitude)

  /// The merged difference of `parts`.
  func merged(
    _ parts: [Tensor], weights: [Double], keys: [RandomKey], settings: CombinationSettings
  ) -> Tensor {
    let rule = TaskRule(
      pruning: pruning, rescaling: pruning == .random ? .byShare : .none,
      sum: WeightedSum(
        signs: electsSigns ? settings.signs : nil, divisor: electsSigns ? .count : .one))
    return rule(
      parts, weights: weights, densities: parts.map { _ in settings.density },
      mask: settings.mask, keys: keys)
  }
}

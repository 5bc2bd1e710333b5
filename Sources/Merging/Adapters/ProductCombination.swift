internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

/// Combines the updates themselves, and takes the nearest matrix of the rank that is wanted.
struct ProductCombination: AdapterCombination {
  let name: String
  private let rule: CombinationRule

  init(_ name: String, _ rule: CombinationRule) {
    self.name = name
    self.rule = rule
  }

  var hasDensity: Bool { rule.pruning != nil }

  func rank(of ranks: [Int], wanted: Int?) throws -> Int { wanted ?? ranks.max() ?? 1 }

  func combined(_ updates: [WeightedUpdate], settings: CombinationSettings) -> LowRank {
    guard hasDensity else { return sum(updates, settings) }
    let products = updates.map { $0.factors.b.matmul($0.factors.a) * $0.factors.scale }
    let merged = rule.merged(
      products, weights: updates.map(\.weight), keys: updates.map(\.key), settings: settings)
    return Truncation.exact(merged, rank: settings.rank).update()
  }

  /// A plain sum has the rank of all factors together, so that nothing large is decomposed.
  private func sum(_ updates: [WeightedUpdate], _ settings: CombinationSettings) -> LowRank {
    let a = Tensor.concatenated(
      updates.map { $0.factors.a * ($0.weight * $0.factors.scale) }, dimension: 0)
    let b = Tensor.concatenated(updates.map(\.factors.b), dimension: 1)
    return Truncation.ofProduct(b, a, rank: settings.rank).update()
  }
}

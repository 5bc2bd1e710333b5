internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

/// Combines the factors one by one: cheap, and only near what the adapters do together, since a
/// product of sums is not the sum of products.
struct FactorCombination: AdapterCombination {
  let name: String
  private let rule: CombinationRule

  init(_ name: String, _ rule: CombinationRule) {
    self.name = name
    self.rule = rule
  }

  var hasDensity: Bool { rule.pruning != nil }

  func rank(of ranks: [Int], wanted: Int?) throws -> Int {
    if let wanted, wanted != ranks.first { throw fixedRank(ranks.first ?? 0, wanted) }
    guard Set(ranks).count == 1, let rank = ranks.first else {
      throw AnnealError(
        .usage,
        "the adapters have ranks \(ranks.map(String.init).joined(separator: ", ")); "
          + "'\(name)' needs equal ones",
        remedy: "Use cat, svd, or a method whose name ends in _svd.")
    }
    return rank
  }

  private func fixedRank(_ rank: Int, _ wanted: Int) -> AnnealError {
    AnnealError(
      .usage, "'\(name)' keeps the adapters' rank, \(rank); --rank is \(wanted)",
      remedy: "Leave --rank out, or use svd or a method whose name ends in _svd.")
  }

  func combined(_ updates: [WeightedUpdate], settings: CombinationSettings) -> LowRank {
    // A root of weight and scale for either factor; the sign goes to one of them.
    let shares = updates.map { $0.weight * $0.factors.scale }
    let roots = shares.map { abs($0).squareRoot() }
    let signed = zip(shares, roots).map { $0 < 0 ? -$1 : $1 }
    return LowRank(
      a: rule.merged(
        updates.map(\.factors.a), weights: signed, keys: updates.map { $0.key.next("A") },
        settings: settings),
      b: rule.merged(
        updates.map(\.factors.b), weights: roots, keys: updates.map { $0.key.next("B") },
        settings: settings),
      scale: 1, dropout: 0)
  }
}

extension RandomKey {
  /// Another stream of the same seed, by a name.
  func next(_ name: String) -> RandomKey {
    RandomKey(seed: seed, stream: stream ^ RandomKey(seed: 0, name: name).stream)
  }
}

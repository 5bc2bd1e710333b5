internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

/// Puts the factors side by side: exactly what the adapters do together, of the sum of their ranks.
struct Concatenation: AdapterCombination {
  let name = "cat"
  let hasDensity = false

  func rank(of ranks: [Int], wanted: Int?) throws -> Int {
    let rank = ranks.reduce(0, +)
    guard wanted == nil || wanted == rank else {
      throw AnnealError(
        .usage, "'cat' gives the sum of the adapters' ranks, \(rank); --rank is \(wanted ?? 0)",
        remedy: "Leave --rank out, or use svd.")
    }
    return rank
  }

  func combined(_ updates: [WeightedUpdate], settings: CombinationSettings) -> LowRank {
    let a = Tensor.concatenated(
      updates.map { $0.factors.a * $0.weight * $0.factors.scale }, dimension: 0)
    let b = Tensor.concatenated(updates.map(\.factors.b), dimension: 1)
    let missing = settings.rank - a.size(0)
    guard missing > 0 else { return LowRank(a: a, b: b, scale: 1, dropout: 0) }
    // A map that not every adapter has.
    return LowRank(
      a: .concatenated([a, .zeros([missing, a.size(1)])], dimension: 0),
      b: .concatenated([b, .zeros([b.size(0), missing])], dimension: 1), scale: 1, dropout: 0)
  }
}

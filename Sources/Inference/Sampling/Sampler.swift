internal import AnnealFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Chooses tokens from logits by `SamplingSettings`.
///
/// The choice at a place is a pure function of the logits, the tokens seen, the seed and the place.
public struct Sampler: Sendable {
  /// How tokens are chosen.
  public let settings: SamplingSettings

  /// A sampler.
  public init(_ settings: SamplingSettings) { self.settings = settings }

  /// The token chosen from `logits`, `[V]`.
  ///
  /// - Parameters:
  ///   - seen: the prompt's and the reply's tokens so far, for the repetition penalty.
  ///   - place: the index of the token in the reply.
  public func token(from logits: [Float], seen: [Int], place: Int) -> Int {
    var logits = logits
    penalize(&logits, seen: seen)
    guard settings.temperature > 0 else { return likeliest(logits) }
    let candidates = candidates(logits)
    let total = candidates.reduce(0) { $0 + $1.probability }
    var rest = uniform(place) * total
    for candidate in candidates {
      rest -= candidate.probability
      if rest < 0 { return candidate.token }
    }
    return candidates.last?.token ?? likeliest(logits)
  }

  private func penalize(_ logits: inout [Float], seen: [Int]) {
    guard settings.repetitionPenalty != 1 else { return }
    let penalty = Float(settings.repetitionPenalty)
    for token in Set(seen) where logits.indices.contains(token) {
      logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty
    }
  }

  private func likeliest(_ logits: [Float]) -> Int {
    var best = 0
    for (token, logit) in logits.enumerated() where logit > logits[best] { best = token }
    return best
  }

  /// Tokens that survive top-k, min-p and top-p, likeliest first.
  private func candidates(_ logits: [Float]) -> [(token: Int, probability: Double)] {
    let peak = logits.max() ?? 0
    var scored = logits.enumerated().map { token, logit in
      (token: token, probability: exp(Double(logit - peak) / settings.temperature))
    }
    scored.removeAll { $0.probability < settings.minP || !$0.probability.isFinite }
    scored.sort { ($1.probability, $0.token) < ($0.probability, $1.token) }
    if settings.topK > 0 { scored = Array(scored.prefix(settings.topK)) }
    guard settings.topP < 1 else { return scored }
    let total = scored.reduce(0) { $0 + $1.probability }
    var sum = 0.0
    let kept = scored.prefix { candidate in
      defer { sum += candidate.probability }
      return sum < settings.topP * total
    }
    return Array(kept)
  }

  /// A number in 0..<1 from the seed and the place.
  private func uniform(_ place: Int) -> Double {
    var random = SplitMix64(seed: settings.seed ^ SplitMix64.mix(UInt64(place) + 1))
    return random.unit()
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether the likeliest answer is a right one.
public struct ChoiceAccuracy: ChoiceMetric, MeanMetric {
  /// `acc`.
  public static let name = "acc"
  /// What is measured.
  public static let summary = "share of questions whose likeliest answer is right"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0.
  public func part(of scored: ScoredChoices) -> Double? {
    scored.accuracy(of: scored.logLikelihoods)
  }
}

/// Whether the answer that is likeliest for its length in characters is a right one.
public struct NormalizedAccuracy: ChoiceMetric, MeanMetric {
  /// `acc_norm`.
  public static let name = "acc_norm"
  /// What is measured.
  public static let summary = "the same by log-likelihood a character"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0.
  public func part(of scored: ScoredChoices) -> Double? {
    scored.accuracy(dividedBy: scored.choices.map { $0.unicodeScalars.count })
  }
}

/// Whether the answer that is likeliest for its length in UTF-8 bytes is a right one.
public struct ByteAccuracy: ChoiceMetric, MeanMetric {
  /// `acc_bytes`.
  public static let name = "acc_bytes"
  /// What is measured.
  public static let summary = "the same by log-likelihood a byte of UTF-8"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0.
  public func part(of scored: ScoredChoices) -> Double? {
    scored.accuracy(dividedBy: scored.choices.map { $0.utf8.count })
  }
}

/// Whether the answer that the question makes so much likelier than it is by itself is a right one.
public struct MutualInformationAccuracy: ChoiceMetric, MeanMetric {
  /// `acc_mutual_info`.
  public static let name = "acc_mutual_info"
  /// What is measured.
  public static let summary = "the same by log-likelihood less that without the question"

  /// The answers by themselves.
  public static let needs: Set<MetricNeed> = [.unconditional]

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0; nil when the answers were not scored without their question.
  public func part(of scored: ScoredChoices) -> Double? {
    scored.unconditional.map { alone in
      scored.accuracy(of: zip(scored.logLikelihoods, alone).map(-))
    }
  }
}

/// Whether the model would have said a right answer by itself.
public struct GreedyChoice: ChoiceMetric, MeanMetric {
  /// `exact_match`.
  public static let name = "exact_match"
  /// What is measured.
  public static let summary = "share of questions whose right answer is the greedy continuation"

  /// Whether each token was the likeliest.
  public static let needs: Set<MetricNeed> = [.greedy]

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0.
  public func part(of scored: ScoredChoices) -> Double? {
    scored.gold.contains { scored.isGreedy.indices.contains($0) && scored.isGreedy[$0] } ? 1 : 0
  }
}

/// The share of all answers' probability that lies on the right ones (TruthfulQA's MC2, arXiv
/// 2109.07958).
public struct TruthfulShare: ChoiceMetric, MeanMetric {
  /// `mc2`.
  public static let name = "mc2"
  /// What is measured.
  public static let summary = "share of the answers' probability that lies on right ones"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 0…1.
  public func part(of scored: ScoredChoices) -> Double? {
    let shares = scored.shares
    return scored.gold.reduce(0) { $0 + (shares.indices.contains($1) ? shares[$1] : 0) }
  }
}

/// Whether the likeliest answer is the one right answer (TruthfulQA's MC1, arXiv 2109.07958).
public struct SingleTruth: ChoiceMetric, MeanMetric {
  /// `mc1`.
  public static let name = "mc1"
  /// What is measured.
  public static let summary = "share of questions whose likeliest answer is the first right one"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0.
  public func part(of scored: ScoredChoices) -> Double? {
    guard let truth = scored.gold.first else { return 0 }
    return ScoredChoices.likeliest(scored.logLikelihoods) == truth ? 1 : 0
  }
}

extension ScoredChoices {
  /// 1 when the likeliest by `scores` is right, else 0.
  func accuracy(of scores: [Double]) -> Double {
    guard let best = Self.likeliest(scores) else { return 0 }
    return gold.contains(best) ? 1 : 0
  }

  /// 1 when the likeliest for its length is right, else 0.
  func accuracy(dividedBy lengths: [Int]) -> Double {
    accuracy(of: zip(logLikelihoods, lengths).map { $0 / Double($1) })
  }

  /// Each answer's share of all answers' probability.
  var shares: [Double] {
    let peak = logLikelihoods.max() ?? 0
    let weights = logLikelihoods.map { exp($0 - peak) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}

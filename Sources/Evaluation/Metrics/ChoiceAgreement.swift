/// The F1 of questions with two answers, of which the second is the one to find.
public struct ChoiceF1: ChoiceMetric {
  /// `f1`.
  public static let name = "f1"
  /// What is measured.
  public static let summary = "harmonic mean of precision and recall of the second of two answers"
  /// It is a share, though no mean.
  public static let isShare = true

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The right answer's place and the likeliest one's.
  public func part(of scored: ScoredChoices) -> [Int]? {
    guard let gold = scored.gold.first,
      let best = ScoredChoices.likeliest(scored.logLikelihoods)
    else { return nil }
    return [gold, best]
  }

  /// 2·TP / (2·TP + FP + FN), 0 when nothing was found.
  public func value(of parts: [[Int]]) -> Double {
    let found = parts.count { $0 == [1, 1] }
    let wrong = parts.count { $0 != [1, 1] && $0.contains(1) }
    return found == 0 ? 0 : 2 * Double(found) / Double(2 * found + wrong)
  }
}

/// The squared distance of the answers' probabilities from the truth (Brier 1950).
public struct BrierScore: ChoiceMetric, MeanMetric {
  /// `brier_score`.
  public static let name = "brier_score"
  /// What is measured.
  public static let summary = "mean squared distance of the answers' probabilities from the truth"
  /// Less is better.
  public static let isHigherBetter = false
  /// 0…2.
  public static let isShare = false

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 0…2; nil when there is not one right answer.
  public func part(of scored: ScoredChoices) -> Double? {
    guard let gold = scored.gold.first, scored.gold.count == 1 else { return nil }
    return scored.shares.enumerated().reduce(0) { sum, entry in
      let distance = entry.element - (entry.offset == gold ? 1 : 0)
      return sum + distance * distance
    }
  }
}

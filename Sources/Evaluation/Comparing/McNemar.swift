#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// McNemar's exact test of whether two models differ that are right or wrong on the same rows.
///
/// Rows on which both are right, or both wrong, say nothing; of the others each model wins half if
/// they do not differ. McNemar, Psychometrika 12 (1947); the exact form is a binomial test.
public struct McNemar: Sendable, Hashable {
  /// Rows that only the second model has right.
  public var wins: Int
  /// Rows that only the first model has right.
  public var losses: Int

  /// The test of so many wins and losses.
  public init(wins: Int, losses: Int) {
    self.wins = wins
    self.losses = losses
  }

  /// The test of scores of 0 and 1 on the same rows; nil where one is something between.
  public init?(first: [Double], second: [Double]) {
    guard first.count == second.count, (first + second).allSatisfy({ $0 == 0 || $0 == 1 })
    else { return nil }
    let pairs = zip(first, second)
    self.init(wins: pairs.count { $0 < $1 }, losses: pairs.count { $0 > $1 })
  }

  /// The two-sided probability of a difference as large as this between models that do not differ.
  public var pValue: Double {
    let rows = wins + losses
    let fewer = min(wins, losses)
    guard fewer * 2 < rows else { return 1 }
    // Σ C(n, i) / 2ⁿ, each term from the one before, as logarithms.
    var term = -Double(rows) * log(2.0)
    var sum = exp(term)
    for i in stride(from: 1, through: fewer, by: 1) {
      term += log(Double(rows - i + 1) / Double(i))
      sum += exp(term)
    }
    return min(1, 2 * sum)
  }
}

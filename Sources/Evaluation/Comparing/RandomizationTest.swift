internal import AnnealFiles

/// How probable a difference as large as that of two models would be if they did not differ.
///
/// If they did not, each row's outcomes could as well have come the other way round. All exchanges of
/// a few rows are tried, else so many drawn ones. Noreen, Computer-Intensive Methods for Testing
/// Hypotheses (1989).
public enum RandomizationTest {
  /// Up to so many rows all exchanges are tried.
  private static let exactRows = 12

  /// The two-sided probability for a sum of differences, one a row.
  ///
  /// - Parameter draws: how many exchanges are drawn where there are too many to try.
  public static func pValue(
    of differences: [Double], draws: Int = 5000, seed: UInt64 = 17
  ) -> Double {
    let changed = differences.filter { $0 != 0 }
    return pValue(rows: changed.count, draws: draws, seed: seed) { isExchanged in
      var sum = 0.0
      for row in changed.indices { sum += isExchanged[row] ? -changed[row] : changed[row] }
      return sum
    }
  }

  /// The two-sided probability for any difference of two models.
  ///
  /// - Parameter difference: the difference with the outcomes of some rows exchanged.
  public static func pValue(
    rows: Int, draws: Int, seed: UInt64 = 17, difference: ([Bool]) -> Double
  ) -> Double {
    guard rows > 0 else { return 1 }
    var isExchanged = [Bool](repeating: false, count: rows)
    let observed = abs(difference(isExchanged))
    guard observed.isFinite, observed > 0 else { return 1 }
    // Sums of the same numbers in another order differ in their last bits.
    let least = observed * (1 - 1e-9)
    if rows <= exactRows {
      var reached = 0
      for pattern in 0..<(1 << rows) {
        for row in isExchanged.indices { isExchanged[row] = pattern >> row & 1 == 1 }
        if abs(difference(isExchanged)) >= least { reached += 1 }
      }
      return Double(reached) / Double(1 << rows)
    }
    var random = SplitMix64(seed: seed)
    var reached = 1
    for _ in 0..<draws {
      for row in isExchanged.indices { isExchanged[row] = random.below(2) == 1 }
      if abs(difference(isExchanged)) >= least { reached += 1 }
    }
    return Double(reached) / Double(draws + 1)
  }
}

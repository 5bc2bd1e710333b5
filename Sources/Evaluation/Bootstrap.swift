internal import AnnealFiles

/// A mean and the interval that holds it with 95 % confidence.
public struct Interval: Sendable, Hashable {
  /// The mean.
  public var mean: Double
  /// The 2.5th percentile of resampled means.
  public var low: Double
  /// The 97.5th percentile of resampled means.
  public var high: Double

  /// An interval.
  public init(mean: Double, low: Double, high: Double) {
    self.mean = mean
    self.low = low
    self.high = high
  }

  /// The mean of `values` by the percentile bootstrap (Efron 1979), seeded.
  ///
  /// For differences, give one difference a row: the resampling is then paired.
  public init(bootstrapping values: [Double], resamples: Int = 2000, seed: UInt64 = 17) {
    self.init(rows: values.count, resamples: resamples, seed: seed) { rows in
      rows.reduce(0) { $0 + values[$1] } / Double(rows.count)
    }
  }

  /// A statistic of rows by the percentile bootstrap: `statistic` is asked for the value of all rows
  /// and of resampled ones, given by their numbers.
  public init(
    rows count: Int, resamples: Int = 2000, seed: UInt64 = 17, of statistic: ([Int]) -> Double
  ) {
    guard count > 0 else {
      self.init(mean: 0, low: 0, high: 0)
      return
    }
    var random = SplitMix64(seed: seed)
    var drawn = [Int](repeating: 0, count: count)
    var values: [Double] = []
    values.reserveCapacity(resamples)
    for _ in 0..<resamples {
      for place in drawn.indices { drawn[place] = random.below(count) }
      values.append(statistic(drawn))
    }
    let mean = statistic(Array(0..<count))
    // A resample in which nothing could be measured says nothing.
    values.removeAll { !$0.isFinite }
    guard !values.isEmpty else {
      self.init(mean: mean, low: mean, high: mean)
      return
    }
    values.sort()
    let last = Double(values.count - 1)
    self.init(mean: mean, low: values[Int(0.025 * last)], high: values[Int(0.975 * last)])
  }
}

extension LossMetrics {
  /// The loss with its interval over the rows, nats/token; nil when rows were not kept.
  public var lossInterval: Interval? {
    byRow.isEmpty ? nil : Interval(rows: byRow.count) { meanLoss($0) }
  }

  /// The loss less that of `other` on the same rows, resampled in pairs, nats/token.
  public func lossInterval(less other: LossMetrics) -> Interval? {
    guard !byRow.isEmpty, byRow.map(\.tokens) == other.byRow.map(\.tokens) else { return nil }
    return Interval(rows: byRow.count) { meanLoss($0) - other.meanLoss($0) }
  }

  /// How probable so large a difference to `other` is if the two do not differ; nil as for the interval.
  public func pValue(less other: LossMetrics) -> Double? {
    guard !byRow.isEmpty, byRow.map(\.tokens) == other.byRow.map(\.tokens) else { return nil }
    return RandomizationTest.pValue(of: zip(byRow, other.byRow).map { $0.sum - $1.sum })
  }

  private func meanLoss(_ rows: [Int]) -> Double {
    var (sum, tokens) = (0.0, 0)
    for row in rows {
      sum += byRow[row].sum
      tokens += byRow[row].tokens
    }
    return sum / Double(max(1, tokens))
  }
}

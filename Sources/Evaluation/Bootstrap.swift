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
    guard !values.isEmpty else {
      self.init(mean: 0, low: 0, high: 0)
      return
    }
    var random = SplitMix64(seed: seed)
    var means: [Double] = []
    means.reserveCapacity(resamples)
    for _ in 0..<resamples {
      var sum = 0.0
      for _ in values { sum += values[random.below(values.count)] }
      means.append(sum / Double(values.count))
    }
    means.sort()
    self.init(
      mean: values.reduce(0, +) / Double(values.count),
      low: means[Int(0.025 * Double(resamples - 1))],
      high: means[Int(0.975 * Double(resamples - 1))])
  }
}

public import AnnealFiles

/// A metric's value over rows, with what comparing two models needs.
public struct MeasuredMetric: Sendable {
  /// The metric's name.
  public let name: String
  /// Whether more is better.
  public let isHigherBetter: Bool
  /// Whether the value is a share, 0…1.
  public let isShare: Bool
  /// The value over all rows; NaN when none could be measured.
  public let value: Double
  /// Its standard error; nil for fewer than two rows.
  public let standardError: Double?
  /// Each row's score, for a mean; nil where a row has none.
  public let byRow: [Double?]?
  /// How many rows there are.
  public let rows: Int
  /// How many of them could be measured.
  public let measuredRows: Int
  /// How many resamples the standard error took; nil for that of a mean.
  public let resamples: Int?
  /// More than a number, such as a confusion matrix.
  public let details: JSON?
  /// The value over the rows with these numbers, which may repeat; NaN when none can be measured.
  public let statistic: @Sendable ([Int]) -> Double

  /// The value with its 95 % interval over the rows.
  public var interval: Interval { Interval(rows: rows, of: statistic) }

  /// The difference to `other` on the same rows with its 95 % interval, resampled in pairs; nil when
  /// the rows differ in number.
  public func interval(less other: MeasuredMetric) -> Interval? {
    guard rows == other.rows, rows > 0 else { return nil }
    return Interval(rows: rows) { statistic($0) - other.statistic($0) }
  }
}

extension Metric {
  /// The metric over `outcomes`, one a row.
  ///
  /// - Parameter resamples: how often rows are drawn again for the standard error of what is no mean;
  ///   0 leaves it out.
  public func measured(_ outcomes: [Outcome], resamples: Int = 100) throws -> MeasuredMetric {
    let parts = try outcomes.map { try part(of: $0) }
    let present = parts.compactMap { $0 }
    let isMean = self is any MeanMetric
    let error =
      isMean
      ? standardErrorOfMean(present.compactMap { $0 as? Double })
      : bootstrappedError(present, resamples: resamples)
    return MeasuredMetric(
      name: Self.name, isHigherBetter: Self.isHigherBetter, isShare: Self.isShare,
      value: present.isEmpty ? .nan : value(of: present), standardError: error,
      byRow: isMean ? parts.map { $0 as? Double } : nil, rows: parts.count,
      measuredRows: present.count, resamples: isMean || error == nil ? nil : resamples,
      details: present.isEmpty ? nil : details(of: present),
      statistic: { rows in
        let drawn = rows.compactMap { parts[$0] }
        return drawn.isEmpty ? .nan : value(of: drawn)
      })
  }

  /// The standard deviation of the metric over resampled rows, drawn as lm-evaluation-harness draws
  /// them: Python's generator, seeded with 0, 1, 2… for a thousand resamples each.
  private func bootstrappedError(_ parts: [Part], resamples: Int) -> Double? {
    guard parts.count > 1, resamples > 1 else { return nil }
    let chunk = min(1000, resamples)
    var values: [Double] = []
    for seed in 0..<(resamples / chunk) {
      var random = PythonRandom(seed: UInt64(seed))
      for _ in 0..<chunk {
        values.append(value(of: random.choices(parts.count, from: parts.count).map { parts[$0] }))
      }
    }
    return sampleDeviation(values)
  }
}

/// The standard error of a mean: the sample's deviation over √n; nil for fewer than two values.
func standardErrorOfMean(_ values: [Double]) -> Double? {
  sampleDeviation(values).map { $0 / Double(values.count).squareRoot() }
}

/// The deviation of a sample (n − 1); nil for fewer than two values.
func sampleDeviation(_ values: [Double]) -> Double? {
  guard values.count > 1 else { return nil }
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (squares / Double(values.count - 1)).squareRoot()
}

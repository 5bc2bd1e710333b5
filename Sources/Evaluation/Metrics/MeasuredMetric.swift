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
  /// What each row adds; nil where there is nothing to measure.
  let parts: [(any Sendable)?]
  /// The value of parts together.
  let valueOfParts: @Sendable ([any Sendable]) -> Double

  /// The value with its 95 % interval over the rows.
  public var interval: Interval { Interval(rows: rows, of: statistic) }

  /// The rows that could be measured for both, by their numbers; none when the rows differ in number.
  public func sharedRows(with other: MeasuredMetric) -> [Int] {
    guard rows == other.rows else { return [] }
    return parts.indices.filter { parts[$0] != nil && other.parts[$0] != nil }
  }

  /// The difference to `other` on the rows that both were measured on, with its 95 % interval,
  /// resampled in pairs; nil when there is none.
  public func interval(less other: MeasuredMetric) -> Interval? {
    let shared = sharedRows(with: other)
    guard !shared.isEmpty else { return nil }
    return Interval(rows: shared.count) { drawn in
      let rows = drawn.map { shared[$0] }
      return statistic(rows) - other.statistic(rows)
    }
  }

  /// How probable so large a difference to `other` is if the two do not differ; nil as for the interval.
  public func pValue(less other: MeasuredMetric) -> Double? {
    let shared = sharedRows(with: other)
    guard !shared.isEmpty else { return nil }
    if let mine = byRow, let theirs = other.byRow {
      return RandomizationTest.pValue(of: shared.map { (mine[$0] ?? 0) - (theirs[$0] ?? 0) })
    }
    let (mine, theirs) = (shared.compactMap { parts[$0] }, shared.compactMap { other.parts[$0] })
    // Such values are made anew from all parts, which costs more than a sum.
    return RandomizationTest.pValue(rows: shared.count, draws: 1000) { isExchanged in
      var (first, second) = (mine, theirs)
      for row in shared.indices where isExchanged[row] { swap(&first[row], &second[row]) }
      return valueOfParts(first) - valueOfParts(second)
    }
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
    let resampled = isMean ? nil : bootstrappedError(present, resamples: resamples)
    let error =
      isMean ? standardErrorOfMean(present.compactMap { $0 as? Double }) : resampled?.error
    return MeasuredMetric(
      name: Self.name, isHigherBetter: Self.isHigherBetter, isShare: Self.isShare,
      value: present.isEmpty ? .nan : value(of: present), standardError: error,
      byRow: isMean ? parts.map { $0 as? Double } : nil, rows: parts.count,
      measuredRows: present.count, resamples: resampled?.count,
      details: present.isEmpty ? nil : details(of: present),
      statistic: { rows in
        let drawn = rows.compactMap { parts[$0] }
        return drawn.isEmpty ? .nan : value(of: drawn)
      }, parts: parts, valueOfParts: { value(of: $0.compactMap { $0 as? Part }) })
  }

  /// The standard deviation of the metric over resampled rows, drawn as lm-evaluation-harness draws
  /// them: Python's generator, seeded with 0, 1, 2… for a thousand resamples each.
  ///
  /// - Returns: the deviation and how many resamples it took: whole thousands.
  private func bootstrappedError(
    _ parts: [Part], resamples: Int
  ) -> (error: Double, count: Int)? {
    guard parts.count > 1, resamples > 1 else { return nil }
    let chunk = min(1000, resamples)
    var values: [Double] = []
    for seed in 0..<(resamples / chunk) {
      var random = PythonRandom(seed: UInt64(seed))
      for _ in 0..<chunk {
        values.append(value(of: random.choices(parts.count, from: parts.count).map { parts[$0] }))
      }
    }
    return sampleDeviation(values).map { ($0, values.count) }
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

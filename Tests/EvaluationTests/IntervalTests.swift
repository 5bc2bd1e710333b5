import AnnealEvaluation
import Testing

@Suite struct RandomizationTests {
  @Test func `all exchanges of a few rows are tried, and wins and losses are McNemar's test`() {
    #expect(RandomizationTest.pValue(of: [1, 1, 1, 1, 0, 0]) == 0.125)
    #expect(RandomizationTest.pValue(of: [0.1, 0.2, 0.3]) == 0.25)
    #expect(RandomizationTest.pValue(of: []) == 1 && RandomizationTest.pValue(of: [0, 0]) == 1)
    for (wins, losses) in [(10, 2), (5, 0), (4, 4), (7, 1)] {
      let rows = [Double](repeating: 1, count: wins) + [Double](repeating: -1, count: losses)
      let exact = McNemar(wins: wins, losses: losses).pValue
      #expect(abs(RandomizationTest.pValue(of: rows) - exact) < 1e-12, "\(wins) \(losses)")
    }
  }

  @Test func `many rows are exchanged by chance, the same way each time`() {
    let rows = (0..<80).map { $0 % 3 == 0 ? 1.0 : -1 }
    let exact = McNemar(wins: 27, losses: 53).pValue
    let found = RandomizationTest.pValue(of: rows)
    // Five standard deviations of five thousand draws.
    #expect(abs(found - exact) < 5 * (exact * (1 - exact) / 5000).squareRoot(), "\(found) \(exact)")
    #expect(found == RandomizationTest.pValue(of: rows))
  }
}

@Suite struct IntervalTests {
  private func metrics(_ rows: [(sum: Double, tokens: Int)]) -> LossMetrics {
    let tokens = rows.reduce(0) { $0 + $1.tokens }
    var metrics = LossMetrics(
      loss: rows.reduce(0) { $0 + $1.sum } / Double(tokens), tokenAccuracy: 0.5, tokens: tokens,
      rows: rows.count)
    metrics.byRow = rows.map { .init(sum: $0.sum, tokens: $0.tokens) }
    return metrics
  }

  private let ragged = (1...60).map { row in
    (sum: Double(row % 7) + 1, tokens: 1 + row % 5)
  }

  @Test func `the loss lies in its interval and is that of all tokens`() throws {
    let metrics = metrics(ragged)
    let interval = try #require(metrics.lossInterval)
    #expect(abs(interval.mean - metrics.loss) < 1e-12)
    #expect(interval.low < metrics.loss && metrics.loss < interval.high)
    #expect(interval.low > 0.5 && interval.high < 3)
  }

  @Test func `rows that lose the same each give a difference without doubt`() throws {
    let before = metrics(ragged)
    let after = metrics(ragged.map { (sum: $0.sum - 0.25 * Double($0.tokens), tokens: $0.tokens) })
    let interval = try #require(after.lossInterval(less: before))
    #expect(abs(interval.mean + 0.25) < 1e-12)
    #expect(abs(interval.low + 0.25) < 1e-12 && abs(interval.high + 0.25) < 1e-12)
  }

  @Test func `losses of other rows are not compared`() {
    #expect(metrics(ragged).lossInterval(less: metrics(Array(ragged.dropLast()))) == nil)
    #expect(LossMetrics(loss: 1, tokenAccuracy: 0, tokens: 1, rows: 1).lossInterval == nil)
  }

  @Test func `the same seed gives the same interval`() {
    let values = (0..<40).map { Double($0 % 3) }
    #expect(Interval(bootstrapping: values) == Interval(bootstrapping: values))
    #expect(Interval(bootstrapping: []) == Interval(mean: 0, low: 0, high: 0))
  }
}

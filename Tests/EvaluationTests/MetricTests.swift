import AnnealEvaluation
import Testing

@Suite struct MetricTests {
  @Test(arguments: [
    ("exact_match", " yes\n", "yes", 1.0), ("exact_match", "Yes", "yes", 0),
    ("json_valid", #"{"a": 1}"#, "", 1), ("json_valid", #"{"a": 1"#, "", 0),
    ("json_valid", "7", "", 0), ("json_match", #"{"b":2,"a":1}"#, #"{"a": 1, "b": 2}"#, 1),
    ("json_match", #"{"a":2}"#, #"{"a":1}"#, 0), ("f1", "the cat sat", "The cat!", 0.8),
    ("f1", "", "", 1), ("f1", "dog", "cat", 0),
  ])
  func `known replies have known scores`(
    metric: String, reply: String, reference: String, score: Double
  ) throws {
    let answers = [Answer(references: [reference], reply: reply)]
    let measured = try MetricRegistry.builtin.replyMetric(metric).measured(answers)
    #expect(abs(measured.value - score) < 1e-12)
    #expect(measured.byRow == [measured.value] && measured.standardError == nil)
  }

  @Test func `the bootstrap's interval is that of the normal approximation`() {
    let values = (0..<400).map { $0 % 4 == 0 ? 1.0 : 0.0 }
    let interval = Interval(bootstrapping: values)
    // 0.25 ± 1.96 · √(0.25 · 0.75 / 400)
    #expect(interval.mean == 0.25)
    #expect(abs(interval.low - 0.2076) < 0.01)
    #expect(abs(interval.high - 0.2924) < 0.01)
  }
}

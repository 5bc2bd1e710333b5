internal import AnnealFiles

/// Chooses the examples that stand before a question.
protocol FewShotSampler: Sendable {
  /// What `fewshot_config.sampler` calls it.
  static var name: String { get }
  init()
  /// The places of `count` examples among `total`, drawn with the task's generator.
  func places(_ count: Int, of total: Int, _ random: inout PythonRandom) -> [Int]
}

/// Examples at random, drawn anew for each question, as Python's `random.sample` draws them.
struct RandomSampler: FewShotSampler {
  static let name = "default"

  func places(_ count: Int, of total: Int, _ random: inout PythonRandom) -> [Int] {
    random.sample(count, from: total)
  }
}

/// The first examples in their order.
struct FirstSampler: FewShotSampler {
  static let name = "first_n"

  func places(_ count: Int, of total: Int, _ random: inout PythonRandom) -> [Int] {
    Array(0..<min(count, total))
  }
}

/// The ways of choosing examples.
enum FewShotSamplers {
  static let all: [any FewShotSampler.Type] = [
    RandomSampler.self,
    FirstSampler.self,
  ]
}

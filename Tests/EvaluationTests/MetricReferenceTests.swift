import AnnealFiles
import TestSupport
import Testing

@testable import AnnealEvaluation

/// Metrics against sacrebleu, rouge-score, NLTK and Python, through a fixture of `make_tasks.py`.
@Suite struct MetricReferenceTests {
  private let expected: JSON

  init() throws { expected = try JSON(contentsOf: Fixture.path("tasks/texts.json")) }

  private var answers: [Answer] {
    (expected["pairs"]?.array ?? []).map { pair in
      Answer(
        references: pair["references"]?.array?.compactMap(\.string) ?? [],
        reply: pair["reply"]?.string ?? "")
    }
  }

  private func value(
    _ metric: String, _ answers: [Answer], _ settings: JSON = [:]
  ) throws -> MeasuredMetric {
    try MetricRegistry.builtin.replyMetric(metric, MetricSettings(settings)).measured(answers)
  }

  @Test(arguments: ["bleu", "chrf"])
  func `a corpus has the score that sacrebleu gives it`(metric: String) throws {
    let score = try #require(expected[metric]?.number)
    #expect(score > 1)
    #expect(abs(try value(metric, answers).value - score) < 1e-9)
  }

  @Test func `BLEU of a part of the corpus is that of its rows alone`() throws {
    let score = try #require(expected["bleu_of_three"]?.number)
    #expect(abs(try value("bleu", answers).statistic([1, 2, 3]) - score) < 1e-9)
  }

  @Test(arguments: [false, true])
  func `every reply has the ROUGE that rouge-score gives it`(stemmed: Bool) throws {
    let rows = try #require(expected[stemmed ? "rouge_stemmed" : "rouge"]?.array)
    for metric in ["rouge1", "rouge2", "rougeL"] {
      let scores = try value(metric, answers, ["use_stemmer": .bool(stemmed)]).byRow
      for (row, score) in rows.enumerated() {
        let wanted = try #require(score[metric]?.number)
        let found = try #require(scores?[row])
        #expect(abs(found - wanted) < 1e-12, "\(metric), row \(row)")
      }
    }
  }

  @Test func `words have the stems that NLTK gives them`() throws {
    let stems = try #require(expected["stems"]?.members)
    #expect(stems.count > 60)
    for (word, stem) in stems where word.utf8.count > 3 {
      #expect(PorterStemmer.stem(word) == stem.string, "\(word)")
    }
  }

  @Test func `a seed draws what Python's generator draws`() throws {
    var random = PythonRandom(seed: 1234)
    func ids(_ key: String) -> [Int] {
      expected["random"]?[key]?.array?.compactMap(\.integer) ?? []
    }
    #expect(random.sample(5, from: 100) == ids("sample_5_of_100"))
    #expect(random.sample(3, from: 8) == ids("sample_3_of_8"))
    #expect(random.sample(6, from: 90) == ids("sample_6_of_90"))
    #expect(random.choices(8, from: 7) == ids("choices_8_of_7"))
    #expect(random.unit() == expected["random"]?["unit"]?.number)
    #expect(random.sample(1, from: 1) == [0])
    #expect(random.unit() == expected["random"]?["unit_after"]?.number)
  }
}

import AnnealEvaluation
import AnnealFiles
import Testing

/// What any metric can rely on.
@Suite struct MetricSeamTests {
  /// The share of answers that are the most frequent one: no mean of rows.
  private struct Modal: ReplyMetric {
    static let name = "modal"
    static let summary = "share of the most frequent reply"
    static let isShare = true
    static let settingNames = ["ignore"]
    let ignored: String?

    init(_ settings: MetricSettings) throws { ignored = try settings.text("ignore") }

    func part(of answer: Answer) -> String? { answer.reply == ignored ? nil : answer.reply }

    func value(of parts: [String]) -> Double {
      let counts = parts.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      return Double(counts.values.max() ?? 0) / Double(parts.count)
    }

    func details(of parts: [String]) -> JSON? { ["replies": .integer(Set(parts).count)] }
  }

  private let answers = ["a", "b", "a", "", "a", "c"].map { Answer(references: ["a"], reply: $0) }

  @Test func `a metric of the whole is one type and one line`() throws {
    let registry = MetricRegistry.builtin.adding(Modal.self)
    #expect(registry.names.contains("modal"))
    let metric = try registry.replyMetric("modal", MetricSettings(["ignore": ""]))
    let measured = try metric.measured(answers)
    #expect(measured.value == 0.6 && measured.isShare && measured.byRow == nil)
    #expect(measured.rows == 6 && measured.measuredRows == 5)
    #expect(measured.details?["replies"] == 3)
    #expect(measured.statistic([0, 1, 3]) == 0.5)
    let error = try #require(measured.standardError)
    // Of five rows, three alike: √(0.6 · 0.4 / 5) is 0.22.
    #expect(error > 0.05 && error < 0.3)
    #expect(measured.resamples == 100)
  }

  @Test func `a mean has the standard error of a mean`() throws {
    let measured = try MetricRegistry.builtin.replyMetric("exact_match").measured(answers)
    #expect(measured.value == 0.5)
    // √(0.3 / 6): the sample's variance of three ones and three noughts is 0.3.
    #expect(abs(try #require(measured.standardError) - 0.05.squareRoot()) < 1e-12)
    #expect(measured.resamples == nil)
  }

  @Test func `two models are compared on the same rows`() throws {
    let metric = try MetricRegistry.builtin.replyMetric("exact_match")
    let worse = try metric.measured(answers.map { Answer(references: ["z"], reply: $0.reply) })
    let interval = try #require(try metric.measured(answers).interval(less: worse))
    #expect(interval.mean == 0.5 && interval.low >= 0 && interval.high <= 1)
    #expect(try metric.measured(answers).interval(less: metric.measured([])) == nil)
  }

  @Test func `an unknown metric and an unknown setting are named`() {
    #expect { try MetricRegistry.builtin.replyMetric("exakt_match") } throws: { error in
      "\(error)".contains("exakt_match") && "\(error)".contains("Did you mean exact_match?")
    }
    #expect {
      try MetricRegistry.builtin.replyMetric(
        "exact_match", MetricSettings(["ignore_cases": true], at: .init(file: "t.yaml")))
    } throws: { error in
      "\(error)".contains("t.yaml:ignore_cases") && "\(error)".contains("ignore_case?")
    }
    #expect { try MetricRegistry.builtin.replyMetric("acc") } throws: { "\($0)".contains("acc") }
  }

  @Test(
    arguments: [
      (["ignore_case": true], "YES ", "yes", 1.0), ([:], "Yes", "yes", 0),
      (["ignore_punctuation": true], "y-e.s!", "yes", 1),
      (["ignore_numbers": true], "yes 12", "yes", 1),
      (["regexes_to_ignore": [",", "\\$", "(?s).*#### ", "\\.$"]], "so\n#### $1,200.", "1200", 1),
      (["ignore_outer_spaces": false], "yes ", "yes", 0),
    ] as [(JSON, String, String, Double)])
  func `an exact match passes over what it is told to`(
    settings: JSON, reply: String, reference: String, score: Double
  ) throws {
    let metric = try MetricRegistry.builtin.replyMetric("exact_match", MetricSettings(settings))
    #expect(try metric.measured([Answer(references: [reference], reply: reply)]).value == score)
  }

  @Test func `choices are scored as told`() throws {
    let scored = ScoredChoices(
      choices: ["no", "a long one", "é"], logLikelihoods: [-2, -4, -3],
      unconditional: [-1, -9, -3], isGreedy: [false, true, false], gold: [1])
    func value(_ name: String) throws -> Double {
      try MetricRegistry.builtin.choiceMetric(name).measured([scored]).value
    }
    #expect(try value("acc") == 0)
    // −2/2, −4/10, −3/1 characters, or −3/2 bytes.
    #expect(try value("acc_norm") == 1)
    #expect(try value("acc_bytes") == 1)
    // −1, 5, 0: the question makes the second likelier.
    #expect(try value("acc_mutual_info") == 1)
    #expect(try value("exact_match") == 1)
    #expect(try value("mc1") == 0)
    // e⁻⁴ / (e⁻² + e⁻⁴ + e⁻³)
    #expect(abs(try value("mc2") - 0.09003057317038046) < 1e-12)
  }
}

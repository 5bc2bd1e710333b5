import AnnealFiles
import Testing

@testable import AnnealEvaluation

/// Filters between a reply and its measure, and values that templates write.
@Suite struct FilterTests {
  @Test(
    arguments: [
      ("regex", ["regex_pattern": #"#### (\-?[0-9\.\,]+)"#], ["so\n#### 1,200"], ["1,200"]),
      ("regex", ["regex_pattern": "b+"], ["abba", "none"], ["bb", "[invalid]"]),
      ("regex", ["regex_pattern": "(x)|([0-9]+)", "group_select": -1], ["x 7 12 end"], ["12"]),
      ("regex", ["regex_pattern": "[0-9]", "fallback": "-"], ["none"], ["-"]),
      ("take_first", [:], ["a", "b"], ["a"]),
      ("take_first_k", ["k": 2], ["a", "b", "c"], ["a", "b"]),
      ("majority_vote", [:], ["a", "b", "b", "a", "b"], ["b"]),
      ("remove_whitespace", [:], [" a b\n"], ["a b"]),
      ("lowercase", [:], ["Ab"], ["ab"]),
      ("uppercase", [:], ["Ab"], ["AB"]),
      ("map", ["mapping_dict": ["yes": 1], "default_value": 0], ["yes", "no"], ["1", "0"]),
    ] as [(String, JSON, [String], [String])])
  func `a filter leaves what it says`(
    name: String, settings: JSON, replies: [String], kept: [String]
  ) throws {
    let filter = try ReplyFilters.filter(name, MetricSettings(settings))
    #expect(filter.apply(replies, [:]) == kept)
  }

  @Test(arguments: [
    ("The answer is (B).", "B"), ("I think it is green.", "B"), ("Surely: C", "C"), ("no", "?"),
  ])
  func `a letter is found by pattern, by words or behind a colon`(
    reply: String, letter: String
  ) throws {
    let filter = try ReplyFilters.filter(
      "multi_choice_regex",
      MetricSettings([
        "regex_pattern": #"answer is \(?([A-Z])\)?"#, "ignore_case": true, "fallback": "?",
      ]))
    #expect(filter.apply([reply], ["choices": ["red", "Green", "blue"]]) == [letter])
  }

  @Test(
    arguments: [
      (#"['a', "it's", 'b\n']"#, ["a", "it's", "b\n"]), ("[0, 2, ]", [0, 2]),
      ("(1.5, None, True)", [1.5, nil, true]), ("{'a': [1]}", ["a": [1]]),
      ("'é' 'x'", "éx"), (#"'é\x41'"#, "éA"), ("['a' 'b'", nil), ("[1] 2", nil), ("word", nil),
      (String(repeating: "[", count: 200), nil),
    ] as [(String, JSON?)])
  func `Python's literals are read, and nothing else is`(text: String, value: JSON?) {
    #expect(PythonLiteral.value(of: text) == value)
  }

  @Test func `requests with one context share it, and long ones lose their beginning`() {
    let context = Array(1...40)
    let requests = [[7, 8], [9], [7, 8, 9]].map {
      ScoringRequest(context: context, continuation: $0)
    }
    let shared = ScoringPlan.documents(requests, limit: 100)
    #expect(shared.count == 1 && shared[0].tokens == context)
    #expect(shared[0].targets.map(\.request) == [0, 1, 2] && shared[0].branches.count == 2)
    #expect(shared[0].targets.allSatisfy { $0.place == 39 })
    let cut = ScoringPlan.documents([requests[2]], limit: 10)
    #expect(cut[0].tokens == Array(33...40) + [7, 8])
    #expect(cut[0].targets.map(\.token) == [7, 8, 9])
    #expect(cut[0].targets.map(\.place) == [7, 8, 9])
    let short = [[7, 8], [9]].map { ScoringRequest(context: [1, 2], continuation: $0) }
    #expect(ScoringPlan.documents(short, limit: 100).count == 2)
    #expect(ScoringPlan.batches(shared + cut, tokens: 50).count == 2)
  }
}

import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

/// What is found of benchmarks whose items share a passage, or are asked in few words.
struct DecontaminationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ name: String, _ rows: [JSON]) throws -> String {
    try folder.file(name, rows.map { $0.text(.spaced) + "\n" }.joined())
  }

  /// `count` words that no other `kind` has.
  private func words(_ kind: String, _ count: Int) -> String {
    (0..<count).map { "\(kind)\($0)" }.joined(separator: " ")
  }

  /// What a search for `items` finds in `rows`.
  private func search(
    _ items: [JSON], in rows: [JSON]
  ) throws -> (found: BenchmarkRuns.Found, search: BenchmarkSearch) {
    let runs = try BenchmarkRuns(files: [file("bench.jsonl", items)], length: 13)
    let found = try runs.found(in: Dataset<Row>(files: [file("rows.jsonl", rows)]))
    return (found, BenchmarkSearch(runs))
  }

  @Test(arguments: [10, 15, 40], [1, 4])
  func `copies of items about one passage are found however many questions it has`(
    questions: Int, passages: Int
  ) throws {
    let items = (0..<questions * passages).map { index -> JSON in
      [
        "context": .string(words("passage\(index % passages)n", 60)),
        "question": .string(words("asked\(index)n", 7)), "answers": .string("answer\(index)"),
      ]
    }
    let rows = items.enumerated().map { index, item -> JSON in
      let asked = [item["context"], item["question"]].compactMap { $0?.string }
      return [
        "prompt": .string(asked.joined(separator: " Question: ")),
        "completion": .string(words("said\(index)n", 30)),
      ]
    }
    let others = (0..<20).map { index -> JSON in ["prompt": .string(words("own\(index)n", 60))] }
    let (found, _) = try search(items, in: rows + others)
    #expect(found.places.count { $0 != nil } == items.count && found.excused.isEmpty)
    #expect(found.places.prefix(items.count).allSatisfy { $0 != nil })
  }

  @Test(arguments: [14, 40])
  func `a passage that stands in a text with each question is found however often it is there`(
    questions: Int
  ) throws {
    let passage = words("passage", 90)
    let items = (0..<questions).map { index -> JSON in
      ["prompt": .string("\(passage) \(words("asked\(index)n", 12))")]
    }
    let rows = (0..<30).map { index -> JSON in
      ["prompt": .string("\(passage) \(words("own\(index)n", 20))")]
    }
    let (found, _) = try search(items, in: rows)
    #expect(found.places.allSatisfy { $0 != nil } && found.excused.isEmpty)
  }

  @Test
  func `a few words that most items of a file say are a phrase, and a passage of some is none`()
    throws
  {
    let phrase = words("please", 20)
    let items = (0..<60).map { index -> JSON in
      [
        "system": .string(phrase), "context": .string(words("passage\(index / 15)n", 20)),
        "question": .string(words("asked\(index)n", 7)),
      ]
    }
    let passage = words("passage0n", 20)
    let rows = (0..<30).map { index -> JSON in
      let held = index < 15 ? phrase : passage
      return ["prompt": .string("\(held) \(words("own\(index)n", 30))")]
    }
    let (found, _) = try search(items, in: rows)
    #expect(found.excused == Array(0..<15))
    #expect(found.places.indices.filter { found.places[$0] != nil } == Array(15..<30))
  }

  @Test func `items whose questions are too short to be looked for are told`() throws {
    let asked = (0..<20).map { words("asked\($0)n", 7) }
    let items = asked.enumerated().map { index, question -> JSON in
      [
        "question": .string(question), "rationale": .string(words("why\(index)n", 30)),
        "answer": .string("answer\(index)"),
      ]
    }
    let rows = asked.enumerated().map { index, question -> JSON in
      ["prompt": .string(question + "?"), "completion": .string("answer\(index)")]
    }
    let (found, search) = try search(items, in: rows)
    #expect(found.places.allSatisfy { $0 == nil })
    #expect(search.items == 20 && search.tooShort == 0 && search.shortQuestions == 20)
    #expect(search.json["short_questions"] == 20)
    #expect(search.notes.count == 1)
    #expect(search.notes.first?.hasPrefix("the questions of 20 of 20 items") == true)
  }

  @Test(
    arguments: [
      (["question": "who is it", "context": "LONG"], 1),
      (["question": "LONG", "context": "LONG"], 0),
      (["Question": "who is it", "answer": "LONG"], 1),
      (["id": "a1", "ctx": "LONG", "endings": ["a", "b"]], 0),
      (
        [
          "messages": [
            ["role": "system", "content": "LONG"], ["role": "user", "content": "who is it"],
          ]
        ], 1
      ),
      (
        [
          "messages": [
            ["role": "user", "content": "LONG"], ["role": "assistant", "content": "they"],
          ]
        ], 0
      ),
      (
        ["conversations": [["from": "gpt", "value": "LONG"], ["from": "human", "value": "so"]]], 1
      ),
      (["question": "who is it"], 0),
    ] as [(JSON, Int)])
  func `a question is told from what stands beside it`(item: JSON, short: Int) throws {
    let text = item.text().replacing("LONG", with: words("word", 20))
    let bench = try folder.file("bench.jsonl", text + "\n")
    let other = try file("other.jsonl", [["question": .string(words("other", 20))]])
    let runs = try BenchmarkRuns(files: [bench, other], length: 13)
    #expect(runs.count == 2 && runs.shortQuestions == short)
  }

  @Test func `an instruction that all items share is no question`() throws {
    let items = (0..<12).map { index -> JSON in
      ["instruction": .string(words("please", 9)), "input": .string(words("asked\(index)n", 5))]
    }
    let (_, search) = try search(items, in: [["prompt": "a"]])
    #expect(search.tooShort == 0 && search.shortQuestions == 12)
  }
}

/// Times that rows are split by.
struct TimeFieldTests {
  private func rows(_ times: [JSON]) -> Dataset<Row> {
    Dataset(
      rows: times.enumerated().map {
        Row(index: $0, file: "a.jsonl", line: $0 + 1, fields: ["t": $1])
      })
  }

  @Test(
    arguments: [
      (["2024-05-16", "2024-05-17T00:00:00Z", "20240518"], [0, 1, 2]),
      (["20240516", "20240517", 20_240_518], [0, 1, 2]), ([3, "4.5", 2], [1, 2.5, 0]),
    ] as [([JSON], [Double])])
  func `a field holds dates or numbers, as its first row does`(times: [JSON], order: [Double])
    throws
  {
    let found = try SplitGroups.times(of: "t", in: rows(times))
    let least = found.min() ?? 0
    let unit = found.contains { $0 > 100_000_000 } ? 86_400.0 : 1
    #expect(found.map { ($0 - least) / unit } == order)
  }

  @Test(
    arguments: [
      (["2024-05-16", "2024"], "a number, \"2024\""),
      (["2024-05-16", 1_715_938_200_000], "a number, 1715938200000"),
      (["2024-05-16", 20_240_517], "a number, 20240517"),
      (["20240516", "2024-05-17"], "a date, \"2024-05-17\""),
      ([1_715_938_200, "2024-05-17"], "a date, \"2024-05-17\""),
    ] as [([JSON], String)])
  func `a number among dates, or a date among numbers, is refused with its line`(
    times: [JSON], found: String
  ) {
    let error = failure { _ = try SplitGroups.times(of: "t", in: rows(times)) }
    #expect(error?.code == .data && error?.place?.line == 2 && error?.place?.field == "t")
    #expect(error?.message.hasPrefix("'t' is \(found); in the first row, a.jsonl:1") == true)
    #expect(error?.remedy?.contains("all as numbers of one unit") == true)
  }

  @Test(
    arguments: [
      ("2024-02-30", "'t' is \"2024-02-30\", which is no day of a calendar; expected"),
      ("2024-02-29T24:00", "'t' is \"2024-02-29T24:00\", whose time is none of a clock; expected"),
      ("last year", "'t' is \"last year\"; expected a number, or a date such as 2024-05-17"),
      ("20240230T09:30", "'t' is \"20240230T09:30\"; expected"),
    ])
  func `what is no time is shown, and what is wrong with it`(text: String, message: String) {
    let error = failure { _ = try SplitGroups.times(of: "t", in: rows([.string(text)])) }
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test(
    arguments: [
      ("2024-05-17 09:30:00 +0000", 1_715_938_200), ("2024-05-17 09:30:00 UTC", 1_715_938_200),
      ("2024-05-17t09:30:00z", 1_715_938_200), ("2024-05-17T09:30:00 GMT", 1_715_938_200),
      ("2024-05-17 09:30:00,250", 1_715_938_200.25), ("20240517", 1_715_904_000),
      ("2024-05-17 11:30:00.5 +02:00", 1_715_938_200.5), ("0000-03-01", -62_162_035_200),
    ] as [(String, Double)])
  func `dates are read as logs write them too`(text: String, seconds: Double) {
    #expect(DateText.seconds(text) == seconds)
  }

  @Test(arguments: [
    "20240230", "2024-05-17 09:30:00 Mars", "2024-05-17 09:30:00 +1:00", "2024-05-17T",
    "2024-05-17T093000", "2024-05-17  09:30:00", "2024-05-17 09:30:00,", "2024-05-17 09:30,5",
    "２０２４-05-17", "2024-05-17Z",
  ])
  func `what no calendar and no clock writes is no date`(text: String) {
    #expect(DateText.seconds(text) == nil)
  }
}

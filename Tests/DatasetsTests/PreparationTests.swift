import AnnealDatasets
import AnnealFiles
import AnnealText
import TestSupport
import Testing

struct PreparationTests {
  private func conversation(_ question: String, _ answer: String) -> Record {
    .conversation(Conversation([.user(question), .assistant(answer)]))
  }

  private func prepare(
    _ records: [Record], stage: PreparationSettings.Stage = .supervised, maxLength: Int = 100,
    training: TrainingMask = .assistant, threads: Int? = nil
  ) -> (examples: [Example], report: PreparationReport) {
    let settings = PreparationSettings(
      stage: stage, maxLength: maxLength, training: training, threads: threads)
    return ExampleBuilder(WordEncoder(), settings: settings).examples(from: Dataset(records))
  }

  @Test func `only what the assistant says is learned, its end of turn too`() {
    let (examples, report) = prepare([conversation("a bb", "ccc")])
    #expect(examples[0].ids == [104, 11, 12, 200, 109, 13, 200])
    #expect(examples[0].lossMask == [false, false, false, false, false, true, true])
    #expect(report.trainedTokens == 2)
    #expect(prepare([conversation("a", "b")], training: .everything).report.trainedTokens == 5)
  }

  @Test func `a long row loses its end`() {
    let (examples, report) = prepare([conversation("a", "b c d e")], maxLength: 6)
    #expect(examples[0].ids.count == 6)
    #expect(examples[0].isTruncated)
    #expect(report.truncated == 1)
    #expect(report.description.contains("truncated   to 6 tokens: memory:1"))
  }

  @Test func `every row that is left out is counted under its reason`() {
    let (examples, report) = prepare(
      [
        conversation("a", "b"), .conversation(Conversation([.user("a")])),
        conversation("a a a a a a", "b"), conversation("refuse", "b"),
        .completion(prompt: "", completion: "x"), conversation("a", "b"),
      ], maxLength: 8)
    #expect(examples.map(\.row) == [0, 4, 5])
    #expect(report.rows == 6)
    #expect(report.keptRows == 3)
    #expect(report.droppedRows == 3)
    #expect(report.dropped[.nothingToLearn]?.places.map(\.line) == [2])
    #expect(report.dropped[.cutAway]?.places.map(\.line) == [3])
    #expect(report.dropped[.refused]?.detail == "turns must alternate")
    #expect(report.json["dropped_by_reason"]?["nothing to learn"]?["rows"] == 1)
    #expect(report.description.contains("could not be encoded: 1 (memory:4)"))
  }

  @Test func `data of which most teaches nothing stops a run`() throws {
    let empty = Record.conversation(Conversation([.user("a")]))
    let error = failure { try prepare([empty, empty, conversation("a", "b")]).report.check() }
    #expect(error?.code == .data)
    #expect(error?.place?.line == 1)
    #expect(error?.message == "only 1 of 3 rows can be learned from; nothing to learn: 2")
    try prepare([empty, conversation("a", "b")]).report.check()
    #expect(failure { try prepare([]).report.check() }?.message == "there are no rows")
  }

  @Test(arguments: 2...9)
  func `windows learn every token of a document but the first exactly once`(length: Int) {
    let document = "a bb ccc dddd eeeee ffffff ggggggg"
    let (examples, report) = prepare([.text(document)], stage: .pretraining, maxLength: length)
    let learned = examples.flatMap { example in
      example.ids.indices.filter { example.lossMask[$0] }.map { example.ids[$0] }
    }
    #expect(learned == [11, 12, 13, 14, 15, 16, 17, 2])
    #expect(examples.first?.ids.first == 1)
    #expect(examples.allSatisfy { $0.ids.count <= length && $0.ids.count > 1 })
    #expect(examples.map(\.row) == Array(examples.indices))
    #expect(report.trainedTokens == 8)
    #expect(report.truncated == 0)
  }

  @Test func `threads change nothing`() {
    let records = (0..<500).map { conversation("a \($0)", String(repeating: "b ", count: $0 % 7)) }
    let one = prepare(records, threads: 1)
    let many = prepare(records, threads: 8)
    #expect(one.examples == many.examples)
    #expect(one.report.json == many.report.json)
    #expect(one.examples.map(\.row) == Array(0..<500))
  }

  @Test func `a histogram counts by ranges that double, up to the largest value`() {
    var histogram = Histogram()
    for value in [1, 2, 3, 3, 9] { histogram.add(value) }
    #expect(histogram.bins.map(\.range) == [1...1, 2...3, 4...7, 8...9])
    #expect(histogram.bins.map(\.count) == [1, 3, 0, 1])
    #expect(
      histogram.lines(width: 3) == ["    1 │█ 1", "  2–3 │███ 3", "  4–7 │ 0", "  8–9 │█ 1"])
    // What was cut to 1,024 tokens is not of 1024 to 2047.
    var cut = Histogram()
    for value in [700, 1024, 1024] { cut.add(value) }
    #expect(cut.bins.map(\.range) == [512...1023, 1024...1024])
    #expect(Histogram().bins.isEmpty)
  }

  @Test func `a preview marks what is learned`() {
    let example = prepare([conversation("a", "b")]).examples[0]
    let preview = Preview(example, encoder: WordEncoder())
    #expect(
      preview.text(.brackets) == "memory:1  6 tokens, 2 trained\n<104><11><200><109>⟦<11><200>⟧")
    #expect(preview.text(.colours).contains("\u{1B}[4;32m<11><200>\u{1B}[0m"))
    #expect(preview.json["loss_mask"]?.array?.count == preview.json["ids"]?.array?.count)
    var first = example
    first.lossMask = first.lossMask.map { _ in true }
    // The first token has none before it to be predicted from.
    #expect(Preview(first, encoder: WordEncoder()).stretches.map(\.isTrained) == [false, true])
  }
}

import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

struct CleaningTests {
  private static let long =
    "the quick brown fox jumps over the lazy dog while the farmer sleeps in the warm afternoon sun"

  /// Rows of which every stage finds some.
  private static let rows: [JSON] = [
    ["prompt": "Hello there", "completion": "Hi"],
    ["prompt": "Hello there", "completion": "Hi"],
    ["prompt": "Hello  there", "completion": "Go away"],
    ["prompt": "cafÃ©", "completion": "e\u{301}\u{1}"],
    ["prompt": "Write to me", "completion": "Ask jo@example.org or +49 30 1234567"],
    ["prompt": "Empty?", "completion": " "],
    ["prompt": "Bomb?", "completion": "I'm sorry, but I can't help with that."],
    ["prompt": "Tell", "completion": .string(long)],
    ["prompt": "Tell", "completion": .string(long + " today")],
    ["prompt": "Erzähl", "completion": "Das ist nicht die Antwort, die du von mir haben willst"],
    ["prompt": "Page", "completion": "We use cookies on this site.\nThe answer is four."],
  ]

  private func clean(
    _ folder: TemporaryFolder, _ stages: String..., set: [String: JSON] = [:],
    rows: [JSON] = CleaningTests.rows
  ) throws -> (report: CleaningReport, output: String) {
    let path = try folder.file("in.jsonl", rows.map { $0.text(.spaced) + "\n" }.joined())
    let output = folder.path + "/out.jsonl"
    let chosen = try CleaningStages.builtin.stages(
      named: stages, settings: set, embedding: TextEmbedding(by: AngleEmbedder()))
    let report = try CleaningRun(chosen).clean(
      [RowSource(path: path)], to: output, bad: BadRows(.stop))
    return (report, output)
  }

  private func fields(_ path: String) throws -> [JSON] {
    try RowReader(path: path, kind: .jsonl).rows().map(\.fields)
  }

  /// Settings with which each stage runs and finds something, if it needs any.
  private static let needed: [String: [String: JSON]] = [
    "length": ["length.max_words": 16], "languages": ["languages.languages": "en"],
    "near-duplicates": ["near-duplicates.threshold": 0.7],
    "personal-data": ["personal-data.action": "mask"],
    "empty-answers": ["empty-answers.refusals": "drop"],
    "contradictions": ["contradictions.action": "first"],
  ]

  @Test(arguments: CleaningStages.builtin.stages.map { $0.name })
  func `a stage changes nothing that it does not report, and undo restores the bytes`(
    name: String
  ) throws {
    let folder = try TemporaryFolder()
    var set = Self.needed[name] ?? [:]
    if name == "word-lists" {
      set["word-lists.files"] = .string(try folder.file("list.txt", "# mine\ngo away\n"))
      set["word-lists.action"] = "drop"
    }
    let (report, output) = try clean(folder, name, set: set)
    let stage = try #require(report.stages.first)
    #expect(stage.rows == Self.rows.count)
    let log = try fields(SideFile.changes.path(beside: output)).dropLast()
    #expect(log.count == stage.dropped + stage.changed + stage.flagged)
    var expected: [Int: JSON] = Dictionary(
      uniqueKeysWithValues: Self.rows.enumerated().map { ($0.offset, $0.element) })
    for line in log {
      let row = try #require(line["row"]?.integer) - 1
      if line["action"] == "drop" { expected[row] = nil }
      if let after = line["after"] { expected[row] = after }
    }
    let left = expected.sorted { $0.key < $1.key }.map(\.value)
    let found = left.isEmpty ? [] : try fields(output)
    #expect(found == left)
    if !["class-balance", "label-noise"].contains(name) { #expect(!log.isEmpty, "nothing found") }
    let restored = folder.path + "/back.jsonl"
    #expect(try CleaningUndo.restore(output, to: restored) == Self.rows.count)
    #expect(try contents(restored) == contents(folder.path + "/in.jsonl"))
  }

  @Test func `the standard stages run in one go, counted, and are undone as a whole`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("in.jsonl", Self.rows.map { $0.text(.spaced) + "\n" }.joined())
    let output = folder.path + "/out.jsonl"
    let stages = try CleaningStages.builtin.stages(named: CleaningStages.standard)
    let report = try CleaningRun(stages).clean(
      [RowSource(path: path)], to: output, bad: BadRows(.stop))
    #expect(report.stages.map(\.dropped) == [0, 1, 1, 0, 1, 0])
    #expect(report.stages.map(\.changed) == [1, 0, 0, 0, 0, 0])
    // The rows that are nearly the same are told of as contradictions before one goes.
    #expect(report.stages.map(\.flagged) == [0, 1, 0, 4, 0, 1])
    #expect(report.kept == 8)
    let back = folder.path + "/back.jsonl"
    _ = try CleaningUndo.restore(output, to: back)
    #expect(try contents(back) == contents(path))
    // An output that was edited is not the one that the side file is of.
    _ = try folder.file("out.jsonl", "{\"prompt\": \"x\", \"completion\": \"y\"}\n")
    #expect(failure { _ = try CleaningUndo.restore(output, to: back) }?.code == .data)
    #expect(
      failure { _ = try CleaningUndo.restore(path, to: back) }?.message.contains("no side file")
        == true)
  }

  @Test func `rows of a format that changes on the way are undone as well`() throws {
    let folder = try TemporaryFolder()
    let rows =
      (0..<4).map { "{\"prompt\": \"p\($0)\", \"completion\": \"c\"}\n" }.joined()
      + "{\"something\": \"else\"}\n"
    let output = try folder.file("out.jsonl", rows)
    _ = try folder.file(
      "out.changes.jsonl", try ChangeLog.end(unchanged(5), output: output))
    let back = folder.path + "/back.jsonl"
    #expect(try CleaningUndo.restore(output, to: back) == 5)
    #expect(try contents(back) == [UInt8](rows.utf8))
  }

  private func unchanged(_ rows: Int) -> CleaningReport {
    var report = CleaningReport()
    (report.rows, report.kept) = (rows, rows)
    return report
  }

  @Test func `files of two formats are not cleaned into one`() throws {
    let folder = try TemporaryFolder()
    let one = try folder.file("one.jsonl", "{\"prompt\": \"p\", \"completion\": \"c\"}\n")
    let other = try folder.file("other.jsonl", "{\"text\": \"t\"}\n")
    let error = failure {
      _ = try CleaningRun([]).clean(
        [RowSource(path: one), RowSource(path: other)], to: folder.path + "/out.jsonl",
        bad: BadRows(.stop))
    }
    #expect(error?.place?.file == other && error?.message.contains("hold both") == true)
  }

  @Test(
    arguments: [
      ("near-duplicate", [:], "did you mean 'near-duplicates'?"),
      ("near-duplicates", ["near-duplicates.treshold": 0.5], "did you mean 'threshold'?"),
      ("near-duplicates", ["near-duplicates.threshold": "many"], "expected a number"),
      ("near-duplicates", ["near-duplicates.threshold": 7], "expected 0.1 to 1"),
      ("near-duplicates", ["near-duplicates.keep": "best"], "the name of a field"),
      ("near-duplicates", ["length.max_words": 5], "of a stage that is not run"),
      ("length", [:], "one limit at least"),
      ("length", ["length.max_tokens": 5], "a tokenizer"),
      ("length", ["length.max_words": -1], "from 0 on"),
      ("languages", ["languages.languages": "xx"], "expected one of"),
      ("personal-data", ["personal-data.kinds": "emial"], "did you mean 'email'?"),
      ("word-lists", [:], "files of words"),
      ("encoding", ["nothing": 1], "names no stage"),
    ] as [(String, [String: JSON], String)])
  func `what is wrong with a stage or setting is told`(
    stage: String, settings: [String: JSON], message: String
  ) {
    let error = failure {
      _ = try CleaningStages.builtin.stages(named: [stage], settings: settings)
    }
    #expect(error?.code == .usage)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func `of a cluster the first, the longest or the best is kept`() throws {
    let rows: [JSON] = [
      ["prompt": "p", "completion": .string(Self.long), "score": 2],
      ["prompt": "p", "completion": .string(Self.long + " today again"), "score": 1],
      ["prompt": "p", "completion": .string(Self.long + " today"), "score": 9],
    ]
    for (keep, kept) in [("first", 2), ("longest", 1), ("best", 9)] {
      let folder = try TemporaryFolder()
      let (_, output) = try clean(
        folder, "near-duplicates",
        set: [
          "near-duplicates.keep": .string(keep), "near-duplicates.by": "score",
          "near-duplicates.threshold": 0.7,
        ], rows: rows)
      #expect(try fields(output).map { $0["score"]?.integer } == [kept])
    }
  }

  @Test func `near-identical texts with another label are told of, and classes are limited`() throws
  {
    var rows = (0..<6).map { index -> JSON in
      ["text": .string("where is my new card number \(index)"), "label": "card"]
    }
    rows.append(["text": "where is my new card number 9", "label": "transfer"])
    let folder = try TemporaryFolder()
    let (report, output) = try clean(
      folder, "label-noise", "class-balance", set: ["class-balance.max_per_class": 4], rows: rows)
    #expect(report.stages[0].flagged == 1)
    #expect(report.stages[1].dropped == 2)
    #expect(report.stages[1].notes.first == "2 classes: card 6, transfer 1")
    let log = try fields(SideFile.changes.path(beside: output))
    #expect(log.first?["row"] == 7)
    #expect(log.first?["detail"]?.string?.hasPrefix("'transfer' here, 'card' at ") == true)
  }

  @Test func `commands whose backslash was taken for an escape get it back`() throws {
    let folder = try TemporaryFolder()
    let rows: [JSON] = [["text": "half is \u{0C}rac{1}{2}, and \u{08}eta\u{0C} is a letter\u{08}"]]
    let (_, output) = try clean(folder, "encoding", rows: rows)
    #expect(try fields(output) == [["text": #"half is \frac{1}{2}, and \beta is a letter"#]])
  }

  @Test func `lines that many rows repeat are taken out`() throws {
    let rows = (0..<12).map { index -> JSON in
      ["text": .string("ACME Corporation Handbook\nParagraph \(index).\nshort")]
    }
    let folder = try TemporaryFolder()
    let (report, output) = try clean(folder, "boilerplate", rows: rows)
    #expect(report.stages[0].changed == 12)
    #expect(try fields(output).first == ["text": "Paragraph 0.\nshort"])
  }
}

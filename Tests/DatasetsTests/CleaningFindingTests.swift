import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

/// What stages say of rows, and what a person needs to judge it.
struct CleaningFindingTests {
  private func clean(
    _ folder: TemporaryFolder, _ stages: [String], _ rows: [JSON], set: [String: JSON] = [:]
  ) throws -> (report: CleaningReport, output: String, log: [JSON]) {
    let path = try folder.file("in.jsonl", rows.map { $0.text(.spaced) + "\n" }.joined())
    let output = folder.path + "/out.jsonl"
    let report = try CleaningRun(
      try CleaningStages.builtin.stages(named: stages, settings: set)
    ).clean([RowSource(path: path)], to: output, bad: BadRows(.stop))
    let log = try RowReader(path: SideFile.changes.path(beside: output), kind: .jsonl).rows()
    return (report, output, Array(log.map(\.fields).dropLast()))
  }

  private func row(_ prompt: String, _ completion: String) -> JSON {
    ["prompt": .string(prompt), "completion": .string(completion)]
  }

  @Test
  func `a flagged row stands in the side file, numbered from 1, with the field and the words`()
    throws
  {
    let folder = try TemporaryFolder()
    let turns: JSON = [
      ["role": "user", "content": "Hello"],
      ["role": "assistant", "content": "Write to jo@example.org"],
    ]
    let plain: JSON = [
      ["role": "user", "content": "a"], ["role": "assistant", "content": "b"],
    ]
    let rows: [JSON] = [["messages": plain], ["messages": turns]]
    let (_, output, log) = try clean(folder, ["personal-data"], rows)
    #expect(log.count == 1)
    #expect(log.first?["row"] == 2)
    #expect(log.first?["at"]?.string?.hasSuffix("in.jsonl:2") == true)
    #expect(
      log.first?["detail"]?.string == "email \"jo@example.org\" in 'messages[1].content'")
    #expect(log.first?["fields"] == rows[1])
    let back = folder.path + "/back.jsonl"
    #expect(try CleaningUndo.restore(output, to: back) == 2)
    #expect(try contents(back) == contents(folder.path + "/in.jsonl"))
  }

  @Test func `a side file whose rows are counted from 0 is undone as it was meant`() throws {
    let folder = try TemporaryFolder()
    let output = try folder.file("out.jsonl", "{\"text\": \"b\"}\n")
    let hash = try SHA256Digest.hex(ofFile: output)
    _ = try folder.file(
      "out.changes.jsonl",
      "{\"row\": 0, \"action\": \"drop\", \"before\": {\"text\": \"a\"}}\n"
        + "{\"summary\": {\"rows\": 2, \"kept\": 1}, \"sha256\": \"\(hash)\"}\n")
    let back = folder.path + "/back.jsonl"
    #expect(try CleaningUndo.restore(output, to: back) == 2)
    let text = String(decoding: try contents(back), as: UTF8.self)
    #expect(text == "{\"text\": \"a\"}\n{\"text\": \"b\"}\n")
  }

  @Test func `a class called null is no empty answer, and placeholders are told of`() throws {
    let folder = try TemporaryFolder()
    let labelled = ["null", "N/A", "None"].map { label -> JSON in
      ["text": "some plain and simple words", "label": .string(label)]
    }
    let (kept, _, none) = try clean(folder, ["empty-answers"], labelled)
    #expect(kept.kept == 3 && none.isEmpty)
    let rows = [row("a", "N/A"), row("b", " "), row("c", "-"), row("d", "the value is null")]
    let (report, _, log) = try clean(folder, ["empty-answers"], rows)
    #expect(report.kept == 3 && report.stages[0].dropped == 1)
    #expect(log.map { $0["row"]?.integer } == [1, 2])
    #expect(log.first?["detail"]?.string == "\"N/A\" in 'completion'")
    let dropping = try clean(
      folder, ["empty-answers"], rows, set: ["empty-answers.placeholders": "drop"])
    #expect(dropping.report.kept == 2)
  }

  @Test func `empty prompts and odd turns are told of, or dropped where that is asked for`() throws
  {
    func messages(_ turns: (String, String)...) -> JSON {
      let messages = turns.map { role, text -> JSON in
        ["role": .string(role), "content": .string(text)]
      }
      return ["messages": .array(messages)]
    }
    let rows = [
      messages(("user", "a"), ("assistant", "b")), messages(("user", ""), ("assistant", "b")),
      messages(("user", "a"), ("assistant", "b"), ("user", "c")),
      messages(("user", "a"), ("user", "b"), ("assistant", "c")),
      messages(("user", "a"), ("assistant", ""), ("user", "b"), ("assistant", "c")),
    ]
    let folder = try TemporaryFolder()
    let (report, _, log) = try clean(folder, ["empty-answers"], rows)
    #expect(report.kept == 5)
    #expect(log.map { $0["row"]?.integer } == [2, 3, 4, 5])
    #expect(log.first?["reason"] == "the prompt is empty")
    let dropping = try clean(
      folder, ["empty-answers"], rows,
      set: ["empty-answers.prompts": "drop", "empty-answers.turns": "drop"])
    #expect(dropping.report.kept == 1)
  }

  @Test func `answers that contradict are told of by the standard stages, and none goes unseen`()
    throws
  {
    let compare = "Write a function that compares two numbers a and b in python"
    let parcel = "How long does the parcel take to Germany from the warehouse in Oslo?"
    let rows = [
      row(compare, "def f(a, b):\n    if a < b:\n        return a\n    return b + a"),
      row(compare, "def f(a, b):\n    if a > b:\n        return a\n    return b - a"),
      row(parcel, "It takes -5 to +5 days, and costs €20."),
      row(parcel, "It takes 5 to 5 days and costs $20!"),
    ]
    let folder = try TemporaryFolder()
    let (report, _, log) = try clean(folder, CleaningStages.standard, rows)
    #expect(report.kept == 4)
    #expect(log.count { $0["stage"] == "contradictions" } == 4)
  }

  @Test func `the side file names the row that stays, and how alike both are`() throws {
    let folder = try TemporaryFolder()
    let words = (0..<40).map { "w\($0)" }.joined(separator: " ")
    let rows: [JSON] = [["text": .string(words)], ["text": .string(words + " more")]]
    let (_, _, log) = try clean(folder, ["near-duplicates"], rows)
    // 38 of 39 shingles.
    #expect(log.first?["detail"]?.string?.hasSuffix("in.jsonl:1, row 1, similarity 0.9744") == true)
  }

  @Test func `a lost character is told of where others were mended`() throws {
    let folder = try TemporaryFolder()
    let (report, _, log) = try clean(folder, ["encoding"], [row("both \u{FFFD} and cafÃ©", "x")])
    #expect(report.stages[0].changed == 1)
    #expect(log.first?["reason"]?.string?.contains("U+FFFD") == true)
    #expect(log.first?["detail"] == "prompt")
  }
}

import AnnealFiles
import Foundation
import TestSupport
import Testing

/// Cleaning, splitting, comparing and looking at data through the command line.
@Suite struct CleanVerbTests {
  private static let long =
    "the quick brown fox jumps over the lazy dog while the farmer sleeps in the warm afternoon sun"

  private static let rows = (0..<30).map { index in
    "{\"prompt\": \"What is \(index) plus \(index), and why is it so?\", \"completion\": "
      + "\"It is \(2 * index).\", \"document\": \(index / 3)}\n"
  }.joined()

  private func run(_ arguments: String...) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(all: ["data"] + arguments)
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try fileBytes(path), as: UTF8.self)
  }

  @Test func `cleaning counts what each stage did, is undone byte for byte, and leaves a card`()
    throws
  {
    let folder = try TemporaryFolder()
    let more = [
      "{\"prompt\": \"Tell\", \"completion\": \"\(Self.long)\"}\n",
      "{\"prompt\": \"Tell\", \"completion\": \"\(Self.long) today\"}\n",
      "{\"prompt\": \"cafÃ©\", \"completion\": \"jo@example.org\"}\n",
    ].joined()
    let raw = try folder.write(Self.rows + more, to: "raw.jsonl")
    let clean = folder.path + "/clean.jsonl"
    let outcome = try run("clean", raw, "--output", clean, "--json", "--license", "mit")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try JSON(parsing: outcome.output)
    #expect(report["rows"] == 33 && report["kept"] == 32 && report["changed"] == 1)
    #expect(report["changes"]?.string == folder.path + "/clean.changes.jsonl")
    let card = try JSON(contentsOf: folder.path + "/clean.card.json")
    #expect(card["sources"]?[0]?["license"] == "mit")
    #expect(card["settings"]?["stages"]?[0]?["stage"] == "encoding")
    #expect(try text(folder.path + "/clean.card.md").contains("Step 1: clean"))

    let back = folder.path + "/back.jsonl"
    let undone = try run("clean", clean, "--undo", "--output", back)
    #expect(undone.status == 0, "\(undone.errors)")
    #expect(try fileBytes(back) == fileBytes(raw))

    let again = try run("clean", raw, "--output", clean)
    #expect(again.status == 2 && again.errors.contains("--overwrite"), "\(again.errors)")
    let stage = try run("clean", raw, "--output", clean, "--overwrite", "--stages", "encodings")
    #expect(stage.status == 2 && stage.errors.contains("did you mean 'encoding'?"))
    let recipe = try folder.write("stages:\n  - length: {max_words: 9}\n", to: "clean.yaml")
    let short = try run("clean", raw, "--output", clean, "--overwrite", "--recipe", recipe)
    #expect(short.status == 0 && short.output.contains("has more than 9 words"), "\(short.errors)")
  }

  @Test func `a split keeps documents whole, finds no leak, and tells the way of its rows`() throws
  {
    let folder = try TemporaryFolder()
    let raw = try folder.write(Self.rows, to: "raw.jsonl")
    let clean = folder.path + "/clean.jsonl"
    #expect(try run("clean", raw, "--output", clean).status == 0)
    let set = folder.path + "/set"
    let outcome = try run(
      "split", clean, "--output", set, "--group-by", "document", "--val-size", "0.2",
      "--test-size", "0.2", "--exact", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try JSON(parsing: outcome.output)
    #expect(report["leakage"]?["leaks"] == 0)
    #expect(["train", "validation", "test"].compactMap { report[$0]?.integer } == [18, 6, 6])
    #expect(try text(set + "/card.md").contains("Step 2: split"))
    let card = try JSON(contentsOf: set + "/card.json")
    #expect(card["files"]?.array?.count == 3)
    #expect(card["sources"]?[0]?["card"]?["verb"] == "clean")
    let wrong = try run("split", clean, "--output", set + "2", "--group-by", "documents")
    #expect(wrong.status == 3 && wrong.errors.contains("did you mean 'document'?"))
    #expect(!Folder.exists(set + "2"))
  }

  @Test func `rows of a benchmark, by file or by task, are left out of training`() throws {
    let folder = try TemporaryFolder()
    let question = "How many eggs does a farmer sell on nine days when three hens lay two each day"
    try Folder.create(folder.path + "/gsm8k")
    let bench = try folder.write(
      "{\"question\": \"\(question)\", \"answer\": \"#### 54\"}\n", to: "gsm8k/test.jsonl")
    let data = try folder.write(
      Self.rows + "{\"prompt\": \"Think. \(question)?\", \"completion\": \"54\"}\n", to: "a.jsonl")
    for (index, name) in [bench, "gsm8k"].enumerated() {
      let outcome = try run(
        "split", data, "--output", folder.path + "/set\(index)", "--test-size", "0", "--on-leak",
        "drop", "--task-data", folder.path, "--json", "--decontaminate", name)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let report = try JSON(parsing: outcome.output)
      #expect(report["leakage"]?["by_kind"]?["benchmark"] == 1)
      #expect(report["kept"] == 30)
    }
    let none = try run(
      "split", data, "--output", folder.path + "/none", "--decontaminate", "gsm9k")
    #expect(none.status == 2 && none.errors.contains("gsm8k"), "\(none.errors)")
  }

  @Test(arguments: ["prepare", "split", "clean"])
  func `what fails leaves nothing behind, and does not say that rows were left out`(
    verb: String
  ) throws {
    let folder = try TemporaryFolder()
    let data = try folder.write(Self.rows + "{\"prompt\": 5}\n", to: "rows.jsonl")
    for policy in ["stop", "report"] {
      let outcome = try run(
        verb, data, "--output", folder.path + "/out.jsonl", "--on-error", policy)
      #expect(outcome.status == 3, "\(outcome.errors)")
      #expect(!outcome.errors.contains("left out"), "\(outcome.errors)")
      #expect(Folder.names(in: folder.path) == ["rows.jsonl"])
    }
  }

  @Test func `the page of an inspection is written, and the status tells whether rows can be used`()
    throws
  {
    let folder = try TemporaryFolder()
    let data = try folder.write(Self.rows + "{oops\n", to: "rows.jsonl")
    let page = folder.path + "/page.html"
    let outcome = try run("inspect", data, "--output", page, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try JSON(parsing: outcome.output)
    #expect(report["files"]?[0]?["usable"] == 30)
    #expect(report["survey"]?["files"]?[0]?["rows"] == 30)
    #expect(try text(page).contains("rows.jsonl:31"))
    let again = try run("inspect", data, "--output", page)
    #expect(again.status == 2, "\(again.errors)")
    let odd = try folder.write("a,b\n1,2\n", to: "odd.csv")
    let unusable = try run("inspect", data, odd)
    #expect(unusable.status == 3, "\(unusable.errors)")
    #expect(unusable.output.contains("rows.jsonl") && unusable.errors.contains("odd.csv"))
  }

  @Test func `a difference is told in words and in JSON`() throws {
    let folder = try TemporaryFolder()
    let old = try folder.write(Self.rows, to: "old.jsonl")
    let new = try folder.write(
      Self.rows.replacing("It is 8.", with: "It is eight.")
        + "{\"prompt\": \"x\", \"completion\": \"y\"}\n",
      to: "new.jsonl")
    let outcome = try run("diff", old, new)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for words in ["29 equal, 1 changed, 1 added, 0 removed", "- It is 8.", "+ It is eight."] {
      #expect(outcome.output.contains(words), "\(outcome.output)")
    }
    let json = try JSON(parsing: try run("diff", old, new, "--json", "-n", "0").output)
    #expect(json["changed"] == 1 && json["samples"]?["added"]?.array?.isEmpty == true)
    #expect(try run("diff", old, new, "--by", "document").status == 3)
  }
}

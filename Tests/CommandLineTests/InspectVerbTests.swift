import AnnealFiles
import Foundation
import TestSupport
import Testing

/// `data inspect` and `data preview` on data as people have it.
@Suite struct InspectVerbTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let good = (0..<8).map {
    "{\"prompt\": \"the cat \($0)\", \"completion\": \" sat\"}\n"
  }

  private func data(_ arguments: String...) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(all: ["data"] + arguments)
  }

  @Test func `a file that is empty hides nothing of the others in its folder`() throws {
    let set = folder.path + "/set"
    try Folder.create(set)
    try folder.write("", to: "set/blank.jsonl")
    try folder.write(Self.good.joined(), to: "set/rows.jsonl")
    let outcome = try data("inspect", set)
    #expect(outcome.status == 3, "\(outcome.errors)")
    for words in ["the file is empty", "8 rows, 0 exact duplicates, 0 problems"] {
      #expect(outcome.output.contains(words), "\(outcome.output)")
    }
    let alone = try data("inspect", set + "/blank.jsonl")
    #expect(alone.status == 3 && alone.errors.contains("the file is empty"), "\(alone.errors)")
  }

  @Test func `a path stands once in a report, and one of a thing is not several`() throws {
    let rows = try folder.write(
      Self.good[0] + "{oops\n" + Self.good[0] + "{\"prompt\": 5, \"completion\": \"x\"}\n",
      to: "rows.jsonl")
    let outcome = try data("inspect", rows)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.components(separatedBy: rows).count == 2, "\(outcome.output)")
    #expect(outcome.output.contains("! rows.jsonl:2"), "\(outcome.output)")
    #expect(outcome.output.contains("1 exact duplicate, 2 problems"), "\(outcome.output)")
  }

  @Test func `files tell what they share, and the gate says no`() throws {
    let train = try folder.write(Self.good.joined(), to: "train.jsonl")
    let test = try folder.write(Self.good[3] + Self.good[5], to: "test.jsonl")
    let told = try data("inspect", train, test)
    #expect(told.status == 0, "\(told.errors)")
    #expect(
      told.output.contains("2 rows of test.jsonl stand in train.jsonl too"), "\(told.output)")
    let gated = try data("inspect", train, test, "--gate")
    #expect(gated.status == 4, "\(gated.errors)")
    #expect(gated.output.contains("2 rows of test.jsonl say what train.jsonl says"))
    let other = try folder.write(
      "{\"prompt\": \"where is it\", \"completion\": \"here\"}\n", to: "other.jsonl")
    #expect(try data("inspect", train, other, "--gate").status == 0)
  }

  @Test func `pairs cannot be learned from, and can be looked at`() throws {
    let model = try tinyModelFolder(folder)
    let pairs = try folder.write(
      #"{"prompt": "the cat", "chosen": "sat", "rejected": "ran"}"# + "\n", to: "pairs.jsonl")
    let inspected = try data("inspect", pairs, "--model", model)
    #expect(inspected.status == 3, "\(inspected.output)")
    #expect(inspected.errors.contains("can learn from no row"), "\(inspected.errors)")
    let shown = try data("preview", pairs, "--model", model, "--json")
    #expect(shown.status == 0, "\(shown.errors)")
    let rows = try JSON(parsing: shown.output)["rows"]
    #expect((rows?.array ?? []).compactMap { $0["example"]?.string } == ["chosen", "rejected"])
    #expect(rows?[0]?["text"]?.string?.contains("sat") == true)
    #expect(rows?[1]?["text"]?.string?.contains("ran") == true)
    let read = try data("preview", pairs, "--model", model)
    #expect(read.output.contains("pairs.jsonl:1 (rejected)"), "\(read.output)")
  }

  @Test func `a bad row does not hide the others from a preview`() throws {
    let model = try tinyModelFolder(folder)
    let rows = try folder.write("{oops\n" + Self.good.joined(), to: "rows.jsonl")
    let shown = try data("preview", rows, "--model", model, "-n", "1")
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains("rows.jsonl:2 "), "\(shown.output)")
    #expect(shown.errors.contains("1 bad row is left out"), "\(shown.errors)")
    let stopped = try data("preview", rows, "--model", model, "--on-error", "stop")
    #expect(stopped.status == 3 && stopped.errors.contains("rows.jsonl:1"), "\(stopped.errors)")
  }

  @Test func `a recipe's rows are seen as its run reads them`() throws {
    let model = try tinyModelFolder(folder)
    let rows = try folder.write("Frage,Antwort\nthe cat,sat\n", to: "rows.csv")
    let recipe = try folder.write(
      """
      model_name_or_path: \(model)
      datasets: [{path: \(rows), type: question-answer, field_map: {question: Frage, answer: Antwort}}]
      output_dir: \(folder.path)/run
      max_length: 64
      """, to: "recipe.yaml")
    let shown = try data("preview", recipe)
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains("the cat") && shown.output.contains("rows.csv:2"))
    let inspected = try data("inspect", recipe, "--json")
    #expect(inspected.status == 0, "\(inspected.errors)")
    let file = try JSON(parsing: inspected.output)["files"]?[0]
    #expect(file?["format"] == "question-answer" && file?["preparation"]?["max_length"] == 64)
    let twice = try data("preview", recipe, "--map", "question=Frage")
    #expect(twice.status == 2 && twice.errors.contains("a recipe says itself"), "\(twice.errors)")
    let split = try data("split", recipe, "--output", folder.path + "/set")
    #expect(split.status == 2 && split.errors.contains("holds no rows"), "\(split.errors)")
  }

  @Test func `one split of a folder is chosen by name`() throws {
    let set = folder.path + "/set"
    try Folder.create(set)
    try folder.write(Self.good.joined(), to: "set/train.jsonl")
    try folder.write(Self.good[0], to: "set/test.jsonl")
    let open = try data("inspect", set)
    #expect(open.status == 3 && open.errors.contains("--split train"), "\(open.errors)")
    let chosen = try data("inspect", set, "--split", "train", "--json")
    #expect(chosen.status == 0, "\(chosen.errors)")
    let files = try JSON(parsing: chosen.output)["files"]
    #expect(files?.array?.count == 1 && files?[0]?["rows"] == 8)
  }

  @Test func `a field that only a schema on the command line gives is none of the file's`() throws {
    let schema = try folder.write(
      #"{"type": "object", "properties": {"a": {"type": "integer"}}}"#, to: "schema.json")
    let rows = try folder.write(
      #"{"input": "one", "output": {"a": 1}}"# + "\n", to: "rows.jsonl")
    let outcome = try data("inspect", rows, "--schema", schema, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let fields = try JSON(parsing: outcome.output)["files"]?[0]?["fields"]
    let names = (fields?.array ?? []).compactMap { $0["name"]?.string }
    #expect(names == ["input", "output"], "\(outcome.output)")
  }
}

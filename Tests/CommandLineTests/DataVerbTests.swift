import AnnealFiles
import Foundation
import TestSupport
import Testing

/// Data as people have it, through the verbs that read it.
@Suite struct DataVerbTests {
  private static let good = (0..<8).map {
    "{\"prompt\": \"the cat \($0)\", \"completion\": \"sat\"}\n"
  }
  .joined()
  private static let bad = "{\"prompt\": 5, \"completion\": \"b\"}\n{oops\n"

  private func prepare(
    _ folder: TemporaryFolder, _ more: String...
  ) throws -> CommandLineProgram.Outcome {
    let data = try folder.write(Self.good + Self.bad, to: "rows.jsonl")
    return try CommandLineProgram.run(
      all: ["data", "prepare", data, "--output", folder.path + "/out"] + more)
  }

  @Test func `bad rows are left out, told and kept beside the output`() throws {
    let folder = try TemporaryFolder()
    let outcome = try prepare(folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("2 bad rows are left out and kept in"), "\(outcome.errors)")
    #expect(outcome.errors.contains("rows.jsonl:9:prompt"), "\(outcome.errors)")
    let lines = String(
      decoding: try fileBytes(folder.path + "/out/skipped.jsonl"), as: UTF8.self
    ).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(try JSON(parsing: lines[1])["row"] == "{oops")
  }

  @Test(arguments: [
    ("stop", ["rows.jsonl:9:prompt", "expected a string"]),
    ("report", ["2 rows cannot be used", "rows.jsonl:9:prompt", "rows.jsonl:10"]),
  ])
  func `bad rows end the work when asked to`(policy: String, words: [String]) throws {
    let folder = try TemporaryFolder()
    let outcome = try prepare(folder, "--on-error", policy)
    #expect(outcome.status == 3, "\(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    #expect(Folder.names(in: folder.path + "/out").isEmpty)
  }

  @Test func `columns and labels of one's own are given on the command line`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.write("Satz,Art\nx,0\ny,1\n", to: "rows.csv")
    let outcome = try CommandLineProgram.run(
      "data", "inspect", data, "--map", "text=Satz", "--map", "label=Art", "--label", "0=bad",
      "--label", "1=good", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let file = try JSON(parsing: outcome.output)["files"]?[0]
    #expect(file?["format"] == "classification")
    #expect(file?["labels"] == ["bad": 1, "good": 1])
    let wrong = try CommandLineProgram.run("data", "inspect", data, "--map", "text=Sats")
    #expect(wrong.status == 3 && wrong.errors.contains("did you mean 'Satz'?"), "\(wrong.errors)")
    let none = try CommandLineProgram.run("data", "inspect", data, "--map", "text")
    #expect(none.status == 2, "\(none.errors)")
  }

  @Test func `training skips bad rows, and refuses pairs of answers with what would do`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let rows = try folder.write(Self.good + Self.bad, to: "rows.jsonl")
    let pairs = try folder.write(
      #"{"prompt": "the cat", "chosen": "sat", "rejected": "ran"}"# + "\n", to: "pairs.jsonl")
    func train(_ datasets: String, _ more: String) throws -> CommandLineProgram.Outcome {
      let recipe = try folder.write(
        """
        model_name_or_path: \(model)
        datasets: \(datasets)
        output_dir: \(folder.path)/run
        overwrite_output_dir: true
        val_size: 0
        max_steps: 1
        \(more)
        """, to: "recipe.yaml")
      return try CommandLineProgram.run("train", recipe)
    }
    let stopped = try train(rows, "on_error: stop")
    #expect(stopped.status == 3 && stopped.errors.contains("rows.jsonl:9"), "\(stopped.errors)")
    let skipped = try train(rows, "on_error: skip")
    #expect(skipped.status == 0, "\(skipped.errors)")
    let report = try JSON(contentsOf: folder.path + "/run/data.json")
    #expect(report["dropped_by_reason"]?["could not be used"]?["rows"] == 2)
    #expect(Folder.holdsFile(folder.path + "/run/skipped.jsonl"))

    let refused = try train(pairs, "seed: 1")
    #expect(refused.status == 3, "\(refused.errors)")
    for word in ["pairs.jsonl:1", "a chosen and a rejected answer", "field_map"] {
      #expect(refused.errors.contains(word), "\(refused.errors)")
    }
    let chosen = try train(
      "[{path: \(pairs), type: prompt-response, field_map: {response: chosen}}]", "seed: 1")
    #expect(chosen.status == 0, "\(chosen.errors)")
  }
}

import AnnealFiles
import TestSupport
import Testing

/// `anneal eval --tasks` as a user runs it.
@Suite struct TaskVerbTests {
  @Test func `the known tasks are listed without a model`() throws {
    let listed = try CommandLineProgram.run("eval", "--tasks", "list", "--json")
    #expect(listed.status == 0, "\(listed.errors)")
    let tasks = try JSON(parsing: listed.output)["tasks"]?.array ?? []
    #expect(tasks.contains { $0["task"]?.string == "hellaswag" })
    let words = try CommandLineProgram.run("eval", "--tasks", "list")
    #expect(words.output.contains("hellaswag") && words.output.contains("multiple_choice"))
  }

  @Test(
    arguments: [
      (["eval", "--tasks", "arc_easy"], 2, "--model"),
      (["eval", "--model", "x"], 2, "--data FILE or --tasks NAMES"),
      (["eval", "--model", "x", "--tasks", "arc_easi"], 2, "Did you mean arc_easy?"),
      (["eval", "--model", "x", "--tasks", "arc_easy", "--limit", "0"], 2, "--limit is 0"),
      (["eval", "--model", "x", "--tasks", "arc_easy", "--log-samples"], 2, "--output"),
      (["compare", "--model", "x", "--tuned", "y"], 2, "--data"),
    ] as [([String], Int32, String)])
  func `a wrong command line is told`(arguments: [String], status: Int32, found: String) throws {
    let outcome = try CommandLineProgram.run(all: arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains(found), "\(outcome.errors)")
  }

  @Test func `a task is measured, drawn and written`() throws {
    let folder = try TemporaryFolder()
    let base = Checkout.path("Resources/base")
    let task = Fixture.path("tasks/tiny_endings.yaml")
    let outcome = try CommandLineProgram.run(
      "eval", "--model", base, "--tasks", task, "--limit", "3", "--output", folder.path + "/out",
      "--log-samples", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("│ tiny_endings │"), "\(outcome.output)")
    #expect(outcome.output.contains("3 of 4") && outcome.output.contains("acc_norm"))
    let record = try JSON(contentsOf: folder.path + "/out/results.json")
    #expect(record["results"]?[0]?["task"]?.string == "tiny_endings")
    let samples = try String(
      decoding: fileBytes(folder.path + "/out/samples_tiny_endings.jsonl"), as: UTF8.self)
    #expect(samples.split(separator: "\n").count == 3)
    let missing = try CommandLineProgram.run(
      "eval", "--model", base, "--tasks", "sciq", "--task-data", folder.path, "--threads", "1")
    #expect(missing.status == 3)
    #expect(missing.errors.contains("sciq/test.jsonl") && missing.errors.contains("allenai/sciq"))
    let code = try CommandLineProgram.run(
      "eval", "--model", base, "--tasks", "humaneval", "--task-data", folder.path, "--threads", "1")
    #expect(code.status == 2 && code.errors.contains("--allow-code-execution"), "\(code.errors)")
  }
}

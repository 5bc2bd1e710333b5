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
      (["eval", "--model", "x", "--tasks", ""], 2, "--tasks"),
      (["eval", "--model", "x", "--tasks", "arc_easy", "--metrics", "f1"], 2, "--metrics"),
      (["eval", "--model", "x", "--data", "d", "--num-fewshot", "2"], 2, "--num-fewshot"),
      (
        ["eval", "--model", "x", "--data", "d", "--max-new-tokens=-5"], 2, "--max-new-tokens is -5"
      ),
    ] as [([String], Int32, String)])
  func `a wrong command line is told`(arguments: [String], status: Int32, found: String) throws {
    let outcome = try CommandLineProgram.run(all: arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains(found), "\(outcome.errors)")
  }

  @Test func `what a later task has wrong is told first, or takes nothing of the earlier ones`()
    throws
  {
    let folder = try TemporaryFolder()
    let base = Checkout.path("Resources/base")
    try folder.write("{\"text\": \"a b\"}\n{\"text\": 3}\n", to: "rows.jsonl")
    func task(_ name: String, _ file: String, _ text: String) throws -> String {
      try folder.write(
        """
        task: \(name)
        data_files: {test: \(file)}
        output_type: loglikelihood_rolling
        test_split: test
        doc_to_text: ""
        doc_to_target: "\(text)"
        metric_list: [{metric: word_perplexity}]
        """, to: name.replacing("/", with: "_") + ".yaml")
    }
    let good = try task("x/good", "rows.jsonl", "{{text}}")
    let absent = try task("absent", "none.jsonl", "{{text}}")
    let broken = try task("broken", "rows.jsonl", "{{text.upper()}}")
    func run(_ tasks: String..., output: String) throws -> CommandLineProgram.Outcome {
      try CommandLineProgram.run(
        "eval", "--model", base, "--tasks", tasks.joined(separator: ","), "--output",
        folder.path + "/" + output, "--log-samples", "--threads", "1")
    }
    let early = try run(good, absent, output: "early")
    #expect(early.status == 3 && early.errors.contains("none.jsonl"), "\(early.errors)")
    #expect(!Folder.holdsFile(folder.path + "/early/results.json"))
    let late = try run(good, broken, output: "late")
    #expect(late.status != 0, "\(late.output)")
    let record = try JSON(contentsOf: folder.path + "/late/results.json")
    #expect(record["results"]?.array?.count == 1)
    #expect(Folder.holdsFile(folder.path + "/late/samples_x_good.jsonl"))
  }

  @Test func `a row's schema and source count, and every reply can be looked at`() throws {
    let folder = try TemporaryFolder()
    let base = Checkout.path("Resources/base")
    let row = #"{"prompt": "a", "completion": "{}", "schema": {"type": "object"}, "source": "b"}"#
    let data = try folder.write(row + "\n" + row + "\n", to: "rows.jsonl")
    let outcome = try CommandLineProgram.run(
      "eval", "--model", base, "--data", data, "--metrics", "schema_valid", "--max-new-tokens", "4",
      "--output", folder.path + "/out", "--log-samples", "--json", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let record = try JSON(parsing: outcome.output)
    #expect(record["metrics"]?["schema_valid"]?.number != nil && record["rows"] == 2)
    #expect(record["metrics"]?["replies"]?["cut"] != nil && record["model"]?["dtype"] != nil)
    let samples = try String(decoding: fileBytes(folder.path + "/out/samples.jsonl"), as: UTF8.self)
    #expect(samples.split(separator: "\n").count == 2 && samples.contains(#""schema_valid""#))
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

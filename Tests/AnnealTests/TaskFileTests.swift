import Anneal
import AnnealEvaluation
import AnnealFiles
import TestSupport
import Testing

/// Files of tasks: those that come along, and what is said of wrong ones.
@Suite struct TaskFileTests {
  @Test func `the tasks that come along can be read and named`() throws {
    let catalogue = try TaskCatalogue()
    let names = Set(catalogue.tasks.map(\.name))
    let wanted = [
      "mmlu", "arc_easy", "arc_challenge", "hellaswag", "piqa", "boolq", "winogrande",
      "openbookqa", "sciq", "truthfulqa_mc1", "truthfulqa_mc2", "gsm8k", "bbh", "humaneval",
      "ifeval",
    ]
    #expect(names.isSuperset(of: wanted))
    #expect(try catalogue.tasks(named: ["truthfulqa", "arc"]).count == 4)
    #expect { try catalogue.tasks(named: ["hellswag"]) } throws: { error in
      "\(error)".contains("'hellswag'") && "\(error)".contains("Did you mean hellaswag?")
    }
  }

  private let good = """
    task: mine
    data_files: {test: rows.jsonl}
    test_split: test
    output_type: multiple_choice
    doc_to_text: "{{q}}"
    doc_to_target: 0
    doc_to_choice: ["no", "yes"]
    metric_list: [{metric: acc}]
    """

  /// What is said of the file with `line` in place of the line that begins alike, or added to it.
  private func complaint(_ line: String) throws -> String {
    let folder = try TemporaryFolder()
    let key = line.prefix { $0 != ":" } + ":"
    let others = good.split(separator: "\n").filter { !$0.hasPrefix(key) }
    let path = try folder.write(
      (others.map(String.init) + [line]).joined(separator: "\n"), to: "mine.yaml")
    do {
      _ = try TaskCatalogue().tasks(named: [path])
      return ""
    } catch { return "\(error)" }
  }

  @Test func `a file is a task by its name`() throws {
    #expect(try complaint("repeats: 2") == "")
  }

  @Test(arguments: [
    ("doc_to_txt: x", "unknown key 'doc_to_txt'", "Did you mean doc_to_text?"),
    ("process_docs: x", "not supported", "Python is not run"),
    ("doc_to_text: !function utils.text", "!function utils.text", "Jinja"),
    ("output_type: generate", "output_type is 'generate'", "generate_until"),
    ("metric_list: [{metric: bleu}]", "there is no metric of choices called 'bleu'", "acc_norm"),
    ("metric_list: [{metric: acc, loud: 1}]", "has no setting 'loud'", "no settings"),
    ("metric_list: [{metric: acc, aggregation: sum}]", "put together by 'mean'", "aggregation"),
    ("num_fewshot: many", "'num_fewshot' is \"many\"", "a whole number from 0"),
    ("doc_to_text: '{{ q'", "the tag that begins here is not closed", "doc_to_text"),
    ("fewshot_config: {sampler: best}", "there is no sampler 'best'", "first_n"),
    ("test_split: null", "which rows to measure", "test_split"),
    ("doc_to_choice: null", "needs the key 'doc_to_choice'", "multiple_choice"),
    ("include: other.yaml", "to include", "other.yaml"),
    (
      "filter_list: [{name: a, filter: [{function: regexp}]}]", "no filter called 'regexp'", "regex"
    ),
    ("generation_kwargs: {untill: x}", "unknown key 'untill'", "until"),
    ("a\tb: [", "not valid YAML", "mine.yaml"),
  ])
  func `what is wrong is named with its file and key`(
    line: String, found: String, also: String
  ) throws {
    let complaint = try complaint(line)
    #expect(complaint.contains("mine.yaml"), "\(complaint)")
    #expect(complaint.contains(found), "\(complaint)")
    #expect(complaint.contains(also), "\(complaint)")
  }

  private func outcome(_ rows: String?, _ change: String = "") throws -> String {
    let folder = try TemporaryFolder()
    if let rows { try folder.write(rows, to: "rows.jsonl") }
    let path = try folder.write(good + "\n" + change, to: "mine.yaml")
    let model = try LanguageModel.load(from: Checkout.path("Resources/base"), as: .float32)
    do {
      let tasks = try TaskCatalogue().tasks(named: [path])
      let results = try model.run(tasks, dataFolder: nil)
      return "\(results[0].rows) rows"
    } catch { return "\(error)" }
  }

  @Test func `what is wrong with rows is told with their place`() throws {
    #expect(try outcome(#"{"q": "Is it?"}"#) == "1 rows")
    let missing = try outcome(nil, "dataset_path: me/mine")
    #expect(missing.contains("rows.jsonl") && missing.contains("Fetch it from me/mine"))
    let field = try outcome("{\"q\": \"a\"}\n{\"p\": \"b\"}")
    #expect(field.contains("'q' is undefined") && field.contains("rows.jsonl:2"), "\(field)")
    let shots = try outcome(#"{"q": "Is it?"}"#, "num_fewshot: 3")
    #expect(shots.contains("3 examples are wanted"), "\(shots)")
    let code = try outcome(#"{"q": "Is it?"}"#, "unsafe_code: true")
    #expect(code.contains("--allow-code-execution"), "\(code)")
  }

  @Test func `an answer that is no choice is told`() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"q": "a", "label": 7}"#, to: "rows.jsonl")
    let path = try folder.write(
      good.replacing("doc_to_target: 0", with: "doc_to_target: label"), to: "mine.yaml")
    let model = try LanguageModel.load(from: Checkout.path("Resources/base"), as: .float32)
    #expect {
      try model.run(TaskCatalogue().tasks(named: [path]), dataFolder: nil)
    } throws: { error in
      "\(error)".contains("the right answer is 7") && "\(error)".contains("rows.jsonl:1")
    }
  }

  @Test func `the results of groups are those of their rows`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<6).map { "{\"q\": \"question \($0)\", \"kind\": \"k\($0 % 2)\"}" }
    try folder.write(rows.joined(separator: "\n"), to: "rows.jsonl")
    let path = try folder.write(good + "\ngroup_field: kind", to: "mine.yaml")
    let model = try LanguageModel.load(from: Checkout.path("Resources/base"), as: .float32)
    let result = try model.run(TaskCatalogue().tasks(named: [path]), dataFolder: nil)[0]
    #expect(result.groups.map(\.name) == ["k0", "k1"])
    #expect(result.groups.map(\.rows) == [[0, 2, 4], [1, 3, 5]])
    let groups = try #require(result.json["groups"]?.array)
    let values = groups.compactMap { $0["metrics"]?[0]?["value"]?.number }
    #expect(values.count == 2)
    #expect(abs(values.reduce(0, +) / 2 - result.metrics[0].metric.value) < 1e-12)
  }
}

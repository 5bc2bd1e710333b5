#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
public import AnnealFiles
internal import OrderedCollections

extension RunReport {
  /// Writes a run's `curves.svg` and `report.html` into `folder`.
  ///
  /// - Parameters:
  ///   - recipe: the recipe as resolved, portable.
  ///   - rows: the run's metrics.
  ///   - summary: the run's `summary.json`.
  ///   - data: the report on the training data, as plain text.
  ///   - environment: the run's `environment.json`, when the page should show it.
  public static func write(
    recipe: Recipe, rows: [MetricsRow], summary: JSON, data: String,
    environment: JSON = .null, to folder: String
  ) throws {
    let report = RunReport(
      recipe: recipe, rows: rows, summary: summary, data: data, environment: environment)
    try save(Curves(rows, title: report.title).svg, folder + "/curves.svg")
    try save(report.html, folder + "/report.html")
  }

  private static func save(_ text: String, _ path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw AnnealError(
        .storage, "the file cannot be written", at: .init(file: path),
        remedy: "Check that the disk has room and the folder may be written.")
    }
  }

  /// The report of a run as its files tell it.
  init(recipe: Recipe, rows: [MetricsRow], summary: JSON, data: String, environment: JSON) {
    let isLoRA = recipe.finetuningType == .lora
    var numbers =
      Summary(json: summary)
      ?? Summary(
        status: summary["stopped_early"]?.bool == true ? .stoppedEarly : .finished,
        stage: recipe.stage.rawValue, finetuningType: recipe.finetuningType.rawValue)
    numbers.fill(from: rows)
    numbers.parameters = summary["parameters"]?.integer ?? 0
    numbers.trainableParameters = summary["trainable_parameters"]?.integer ?? 0
    let result = isLoRA ? "adapter" : "model"
    numbers.files = [
      .init("best \(result)", "best/"), .init("last \(result)", "last/"),
      .init("metrics", "metrics.csv, metrics.jsonl"), .init("curves", "curves.svg"),
      .init("recipe", "recipe.yaml"), .init("summary", "summary.json"),
      .init("environment", "environment.json"), .init("checkpoints", "checkpoints/"),
    ]
    self.init(
      title: "\(Self.name(recipe.outputDir)) · \(Self.name(recipe.modelNameOrPath))",
      summary: numbers, rows: rows, recipe: recipe,
      dataReport: data,
      environment: Self.lines(environment), next: Self.next(recipe))
  }

  /// The members of an object as words; what is absent or empty is left out.
  private static func lines(_ json: JSON) -> [(name: String, value: String)] {
    (json.object ?? [:]).flatMap { key, value -> [(name: String, value: String)] in
      let name = key.split(separator: "_").joined(separator: " ")
      switch value {
      case .null: return []
      case .string(let text): return [(name, text)]
      case .integer(let number): return [(name, Double(number).grouped)]
      case .wide(let digits): return [(name, digits)]
      case .number(let number): return [(name, number.brief(4))]
      case .bool(let flag): return [(name, flag ? "yes" : "no")]
      case .array(let items) where items.isEmpty: return []
      case .array: return [(name, value.text(.spaced))]
      case .object: return lines(value).map { ("\(name), \($0.name)", $0.value) }
      }
    }
  }

  private static func next(_ recipe: Recipe) -> [(purpose: String, command: String)] {
    let best = "\(recipe.outputDir)/best"
    let base = recipe.modelNameOrPath
    guard recipe.finetuningType == .lora else {
      return [
        (
          "See what changed against the base, on rows that neither has seen",
          "anneal compare --model \(base) --tuned \(best) --data test.jsonl"
        ),
        ("Let it write", "anneal generate --model \(best) --prompt \"…\""),
      ]
    }
    return [
      (
        "See what changed against the base, on rows that neither has seen",
        "anneal compare --model \(base) --adapter \(best) --data test.jsonl"
      ),
      ("Talk to it", "anneal chat --model \(base) --adapter \(best)"),
      (
        "Make one model folder that other tools load",
        "anneal merge --model \(base) --adapter \(best) --output \(recipe.outputDir)/merged"
      ),
    ]
  }
}

import Anneal
import AnnealFiles
import ArgumentParser
import Foundation

/// `anneal quickstart`: the main job on the embedded model and data.
struct Quickstart: Verb {
  static let configuration = CommandConfiguration(
    commandName: "quickstart",
    abstract: "The main job on the embedded model: prepare, train, compare, samples, export.",
    discussion: """
      A small language model that comes along learns to turn plain-English requests into strict JSON
      actions. Everything it does can be done with your own model and data by the verbs it names.
      """)

  @Option(name: .customLong("output"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var destination = "demo"

  @Flag(help: "Replace the folder's run when it is there.")
  var overwrite = false

  @Option(help: "Threads of the processor; all by default.")
  var threads: Int?

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    Interruption.listen()
    let resources = try Resources.folder()
    let base = resources + "/base"
    let test = resources + "/demo/test.jsonl"
    let run = destination + "/run"
    let merged = destination + "/model"
    let ollama = destination + "/ollama"
    for folder in [merged, ollama] { try OutputFolder.prepare(folder, overwrite: overwrite) }
    try Folder.create(destination)

    console.note(heading(1, "Train: LoRA on \(resources)/demo/train.jsonl"))
    let summary = try train(base, resources, run, console)

    console.note(heading(2, "Compare: base against tuned on rows that neither has seen"))
    let model = try LanguageModel.load(from: base, as: .float32)
    try model.attach(contentsOf: run + "/best")
    let comparison = try compare(model, test, console)
    try Interruption.check()

    console.note(heading(3, "Export: the adapter worked into the base"))
    try model.merged().export(to: merged)
    try AtomicFile.write(comparison.page(by: "exact_match"), to: destination + "/comparison.html")

    console.note(heading(4, "Export: a GGUF file for llama.cpp, in a folder for Ollama"))
    let export = ModelExport(model: merged, mix: try .named("q8_0"))
    let (exported, logits) = try export.ollama(to: ollama)
    console.note("  \(Amount.bytes(exported.bytes)); \(exported.parity.words(logits))")

    let json: JSON = [
      "base": comparison.base.json, "tuned": comparison.tuned.json, "training": summary,
      "paths": [
        "run": .string(run), "adapter": .string(run + "/best"), "model": .string(merged),
        "report": .string(run + "/report.html"),
        "comparison": .string(destination + "/comparison.html"), "ollama": .string(ollama),
      ],
    ]
    console.result(json, closing(comparison, summary, base: base, merged: merged))
  }

  private func heading(_ number: Int, _ text: String) -> String { "\n[\(number)/4] \(text)" }

  private func train(
    _ base: String, _ resources: String, _ run: String, _ console: Console
  ) throws -> JSON {
    let flags: KeyValuePairs<String, [String]> = [
      "model_name_or_path": [base], "datasets": [resources + "/demo/train.jsonl"],
      "eval_datasets": [resources + "/demo/validation.jsonl"], "output_dir": [run],
      "overwrite_output_dir": overwrite ? ["true"] : [],
      "threads": threads.map { [String($0)] } ?? [],
    ]
    let recipe = try Recipe(file: resources + "/demo/recipe.yaml", flags: flags)
    let progress = TrainingProgress(console)
    let summary = try TrainingRun(
      recipe, shouldStop: { Interruption.isRequested }, tell: progress.tell
    ).run()
    console.endTransient()
    return summary
  }

  private func compare(
    _ model: LanguageModel, _ test: String, _ console: Console
  ) throws -> Comparison {
    let rows = try EvaluationRows(files: [test], encoder: model.encoder)
    func examine(_ label: String) throws -> Examination {
      defer { console.endTransient() }
      return try model.examine(
        rows.records, examples: rows.examples, facts: rows.facts,
        metrics: ["json_valid", "exact_match"], maxNewTokens: 96,
        progress: ExaminationLine(label, console).show)
    }
    let base = try model.withoutAdapter { try examine("base") }
    return Comparison(base: base, tuned: try examine("tuned"))
  }

  private func closing(
    _ comparison: Comparison, _ summary: JSON, base: String, merged: String
  ) -> String {
    """

    \(ComparisonText.text(comparison, by: "exact_match", samples: 5))

    Trained in \(Amount.seconds(summary["seconds"]?.number ?? 0)). Files:
      \(destination)/run/report.html        what was trained, with curves
      \(destination)/run/metrics.csv        a row a step
      \(destination)/run/best               the adapter, in PEFT's layout
      \(destination)/comparison.html        base against tuned
      \(destination)/model                  base and adapter in one folder, for other tools
      \(destination)/ollama                 the same as GGUF, with a Modelfile

    Try it:
      anneal chat --model \(merged)
      anneal generate --model \(base) --adapter \(destination)/run/best --prompt "wake me at half past six"
      ollama create anneal-demo -f \(destination)/ollama/Modelfile && ollama run anneal-demo
      llama-cli -m \(destination)/ollama/model.gguf -p "wake me at half past six"

    With your own model (a Hugging Face folder) and data (JSON, JSONL or CSV):
      anneal data inspect yours.jsonl --model MODEL
      anneal train --model MODEL --data yours.jsonl --output runs/first
      anneal compare --model MODEL --adapter runs/first/best --data test.jsonl --metrics exact_match
    """
  }
}

import Anneal
import AnnealFiles
import AnnealMerging
import AnnealTorch
import ArgumentParser
import Foundation

/// `anneal merge`: one model folder from a base and adapters, or from several models.
struct Merge: Verb {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Works adapters into their base, or makes one model of several.",
    discussion: """
      One adapter, worked into its base:
        anneal merge --model base --adapter run/best --output merged
          merged: 988 MB, largest change of a weight 0.04123

      Several adapters as one; --as adapter writes the adapter alone:
        anneal merge --model base --adapter a --adapter b --weights 0.7,0.3 --method ties \\
          --density 0.5 --output merged

      Whole models, by a recipe in mergekit's form:
        anneal merge recipe.yaml --output merged
          merged: 14.5 GB, 291 tensors, 32 layers
      """)

  @Argument(help: ArgumentHelp("A recipe for whole models, in YAML.", valueName: "recipe"))
  var recipe: String?

  @Option(help: ArgumentHelp("The base model's folder.", valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("An adapter's folder; may be repeated.", valueName: "folder"))
  var adapter: [String] = []

  @OptionGroup var mix: MixOptions

  @OptionGroup var base: CodedBaseOptions

  @Option(name: .customLong("output"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var destination: String

  @Option(help: "The type of the new weights: auto keeps the base's; float32, bfloat16 or float16.")
  var dtype = "auto"

  @Option(help: "What chance decides is a function of this.")
  var seed: UInt64 = 17

  @Flag(help: "Replace the folder when it is there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard recipe == nil else {
      if model != nil || !adapter.isEmpty {
        throw ValidationError("Give a recipe, or --model and --adapter; one of the two.")
      }
      if let option = mix.given ?? base.given {
        throw ValidationError(
          "\(option) is for adapters; a recipe says all of whole models itself.")
      }
      return
    }
    if model == nil || adapter.isEmpty {
      throw ValidationError(
        "Give --model and --adapter, or a recipe for whole models: anneal merge recipe.yaml.")
    }
    if mix.product == .adapter, dtype != "auto" {
      throw ValidationError("An adapter is written in float32; leave --dtype out.")
    }
  }

  func perform(_ console: Console) async throws {
    Interruption.listen()
    if mix.product == .adapter {
      try OutputFolder.prepare(destination, overwrite: overwrite, marker: "adapter_config.json")
    } else {
      try OutputFolder.prepare(destination, overwrite: overwrite)
    }
    if let recipe {
      try mergeModels(recipe, console)
    } else {
      try mergeAdapters(console)
    }
  }

  private func mergeModels(_ path: String, _ console: Console) throws {
    var recipe = try MergeRecipe(file: path)
    if let type = try wantedType() { recipe.outputType = type }
    try Folder.checkHoldsNone(
      of: recipe.models + [path], in: destination, remedy: "Name a new folder.")
    let merge = try ModelMerge(recipe)
    merge.notes.forEach(console.note)
    let progress = MergeProgress(console)
    let report = try merge.write(to: destination, seed: seed, progress: progress.tell)
    console.endTransient()
    console.result(
      [
        "output": .string(destination), "bytes": .integer(report.bytes),
        "tensors": .integer(report.tensors), "layers": .integer(report.layers),
        "notes": .array(merge.notes.map { .string($0) }),
      ],
      "\(destination): \(Amount.bytes(report.bytes)), \(report.tensors) tensors, "
        + Amount.count(report.layers, of: "layer"))
  }

  private func mergeAdapters(_ console: Console) throws {
    try Folder.checkHoldsNone(
      of: [model ?? "", base.base ?? ""] + adapter + base.data, in: destination,
      remedy: "Name a new folder.")
    let merge = AdapterMerge(
      model: model ?? "", mix: try mix.mix(adapter, seed: seed), precision: base.basePrecision,
      fullBase: base.base, data: base.data, divergenceLimit: base.maxDivergence)
    guard mix.product == .model else {
      let bytes = try merge.writeAdapter(to: destination, combining: combining(console))
      console.endTransient()
      console.result(
        ["output": .string(destination), "bytes": .integer(bytes)],
        "\(destination): an adapter, \(Amount.bytes(bytes))")
      return
    }
    let progress = MergeProgress(console)
    let report = try merge.write(
      to: destination, dtype: try wantedType(), progress: progress.tell,
      combining: combining(console))
    console.endTransient()
    console.result(json(report), words(report))
  }

  private func combining(_ console: Console) -> (Int, Int) throws -> Void {
    { done, all in
      try Interruption.check()
      console.progress("combining: map \(done + 1) of \(all)")
    }
  }

  private func wantedType() throws -> DType? {
    guard dtype != "auto" else { return nil }
    guard let type = DType(rawValue: dtype), type.isFloating, type.bytes > 1 else {
      throw AnnealError(
        .usage, "'\(dtype)' is not a type for weights",
        remedy: "Types: auto, float32, bfloat16, float16.")
    }
    return type
  }

  private func json(_ report: AdapterMerge.Report) -> JSON {
    var members: [(String, JSON)] = [
      ("output", .string(destination)), ("bytes", .integer(report.bytes)),
      ("largest_difference", .number(report.largestDifference)),
    ]
    if let codes = report.codes, let found = report.divergence {
      members.append(("base_codes", .string(codes)))
      members.append(
        (
          "divergence",
          [
            "tokens": .integer(found.tokens), "mean_kl_nats_per_token": .number(found.meanKL),
            "largest_logit_difference": .number(found.largestLogitDifference),
            "agreement": .number(found.agreement),
          ]
        ))
    }
    return JSON(members: members)
  }

  private func words(_ report: AdapterMerge.Report) -> String {
    var text =
      "\(destination): \(Amount.bytes(report.bytes)), largest change of a weight "
      + String(format: "%.4g", report.largestDifference)
    if let codes = report.codes, let found = report.divergence {
      text +=
        "\nagainst the adapter on its base in \(codes), over "
        + Amount.count(found.tokens, of: "token") + ": "
        + String(format: "%.3g", found.meanKL) + " nats/token apart, largest logit difference "
        + String(format: "%.3g", found.largestLogitDifference) + ", the same first choice for "
        + String(format: "%.1f", found.agreement * 100) + " %"
    }
    return text
  }
}

/// Draws how much of a folder is written and how long the rest will take, and stops the work when it
/// is asked to.
final class MergeProgress {
  private let console: Console
  private let start = ContinuousClock.now
  private var shown = -1

  init(_ console: Console) { self.console = console }

  func tell(_ done: Int, _ all: Int) throws {
    try Interruption.check()
    let share = all > 0 ? Double(done) / Double(all) : 1
    let percent = Int(100 * share)
    guard percent != shown else { return }
    shown = percent
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let left = share > 0.01 && share < 1 ? "  \(Amount.clock(seconds / share - seconds)) left" : ""
    console.progress("merging: \(percent) %  \(Amount.bytes(done)) of \(Amount.bytes(all))\(left)")
  }
}

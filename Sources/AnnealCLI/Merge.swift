import Anneal
import AnnealFiles
import AnnealTorch
import ArgumentParser
import Foundation

/// `anneal merge`: one model folder from a base and an adapter.
struct Merge: Verb {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Works an adapter into its base: one model folder.")

  @Option(help: ArgumentHelp("The base model's folder.", valueName: "folder"))
  var model: String

  @Option(help: ArgumentHelp("The adapter's folder.", valueName: "folder"))
  var adapter: [String]

  @Option(name: .customLong("output"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var destination: String

  @Option(help: "The type of the new weights: auto keeps the base's; float32, bfloat16 or float16.")
  var dtype = "auto"

  @Flag(help: "Replace the folder when it is there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard adapter.count == 1 else {
      throw ValidationError(
        "Give one --adapter; merge the next one into the result of this merge.")
    }
  }

  func perform(_ console: Console) async throws {
    try OutputFolder.prepare(destination, overwrite: overwrite)
    try Folder.checkHoldsNone(
      of: [model] + adapter, in: destination, remedy: "Name a new folder.")
    let type = dtype == "auto" ? nil : DType(rawValue: dtype)
    guard dtype == "auto" || type?.isFloating == true else {
      throw AnnealError(
        .usage, "'\(dtype)' is not a type for weights",
        remedy: "Types: auto, float32, bfloat16, float16.")
    }
    let model = try LanguageModel.load(from: model, adapter: adapter[0])
    let report = try model.merged().export(to: destination, dtype: type)
    console.result(
      [
        "output": .string(destination), "bytes": .integer(report.bytes),
        "largest_difference": .number(report.largestDifference),
      ],
      "\(destination): \(Amount.bytes(report.bytes)), largest change of a weight "
        + "\(String(format: "%.4g", report.largestDifference))")
  }
}

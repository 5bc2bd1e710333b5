import Anneal
import AnnealExport
import AnnealFiles
import ArgumentParser
import Foundation

/// `anneal export`: a model for other programs to run.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a model for llama.cpp, Ollama and their kin.",
    discussion: """
      What is written is read back and compared with the model before it takes its place; when \
      tokens, template or weights are not the model's, the command fails and says where.
      """,
    subcommands: [ExportGGUF.self, ExportOllama.self, ExportLoRA.self])
}

/// What is exported, and how small.
struct ExportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model's folder.", valueName: "folder"))
  var model: String

  @Option(help: ArgumentHelp("An adapter's folder, to work into the model.", valueName: "folder"))
  var adapter: String?

  @Option(
    name: [.customLong("type"), .customLong("quantization")],
    help: ArgumentHelp(
      "f32, f16, bf16, q8_0, q6_k, q5_k_m, q5_k_s, q5_0, q5_1, q4_k_m, q4_k_s, q4_0, q4_1, "
        + "q3_k_l, q3_k_m, q3_k_s or q2_k.", valueName: "type"))
  var type = "q4_k_m"

  @Option(
    help: ArgumentHelp(
      "An importance matrix, a GGUF file of llama-imatrix: errors that matter weigh more.",
      valueName: "file"))
  var imatrix: String?

  @Option(
    help: ArgumentHelp(
      "Measure the importance matrix on the first rows of this data file.", valueName: "file"))
  var calibrate: [String] = []

  @Option(
    help: ArgumentHelp(
      "A chat template in place of the model's own: a file, or chatml, llama2, llama3, qwen2.",
      valueName: "name"))
  var chatTemplate: String?

  @Flag(help: "Replace what is there.")
  var overwrite = false

  /// The export that the options ask for.
  func export() throws -> ModelExport {
    ModelExport(
      model: model, adapter: adapter, mix: try .named(type), importance: imatrix,
      calibration: calibrate, template: chatTemplate)
  }

  /// Files and folders that are read.
  var inputs: [String] { [model, adapter, imatrix, chatTemplate].compactMap { $0 } + calibrate }

  func validate() throws {
    if imatrix != nil, !calibrate.isEmpty {
      throw ValidationError("Give --imatrix or --calibrate, not both.")
    }
  }
}

/// `anneal export gguf`: one file with weights, tokenizer and chat template.
struct ExportGGUF: Verb {
  static let configuration = CommandConfiguration(
    commandName: "gguf", abstract: "One GGUF file with weights, tokenizer and chat template.")

  @OptionGroup var options: ExportOptions

  @Option(name: .customLong("output"), help: ArgumentHelp("The new file.", valueName: "file"))
  var destination: String

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let export = try options.export()
    try OutputPlace.check(
      destination, inputs: options.inputs, overwrite: options.overwrite,
      named: "model.gguf")
    let progress = ExportProgress(console)
    let (bytes, parity, logits) = try export.gguf(to: destination, progress: progress.tell)
    console.endTransient()
    console.result(
      [
        "output": .string(destination), "type": .string(export.mix.name), "bytes": .integer(bytes),
        "parity": parity.json(logits),
      ],
      "\(destination): \(export.mix.name), \(Amount.bytes(bytes)); \(parity.words(logits))")
  }
}

/// `anneal export ollama`: a folder with weights and a Modelfile.
struct ExportOllama: Verb {
  static let configuration = CommandConfiguration(
    commandName: "ollama", abstract: "A folder for `ollama create`: weights and a Modelfile.")

  @OptionGroup var options: ExportOptions

  @Option(name: .customLong("output"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var destination: String

  @Option(help: ArgumentHelp("A message that sets the scene.", valueName: "text"))
  var system: String?

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let export = try options.export()
    if Folder.holdsAnything(destination), !options.overwrite {
      throw AnnealError(
        .usage, "the folder is there already", at: .init(file: destination),
        remedy: "Name another, or replace it with --overwrite.")
    }
    try Folder.checkHoldsNone(of: options.inputs, in: destination, remedy: "Name a new folder.")
    let progress = ExportProgress(console)
    let (report, logits) = try export.ollama(
      to: destination, system: system, progress: progress.tell)
    console.endTransient()
    let template = report.template
    if !template.trimmedRoles.isEmpty {
      console.note(
        "the chat template takes spaces from the ends of texts "
          + "(\(template.trimmedRoles.joined(separator: ", "))); Ollama leaves them")
    }
    if template.isDated {
      console.note("the chat template writes today's date; in the folder it stays today's")
    }
    console.result(
      [
        "output": .string(destination), "type": .string(export.mix.name),
        "bytes": .integer(report.bytes), "template": .string(template.source),
        "stop": .array(template.stops.map { .string($0) }),
        "conversations": .integer(template.conversations), "parity": report.parity.json(logits),
      ],
      """
      \(destination): \(export.mix.name), \(Amount.bytes(report.bytes)); \(report.parity.words(logits)); \
      the template alike on \(template.conversations) conversations
      Next: ollama create NAME -f \(destination)/Modelfile
      """)
  }
}

/// `anneal export lora`: an adapter alone.
struct ExportLoRA: Verb {
  static let configuration = CommandConfiguration(
    commandName: "lora",
    abstract: "An adapter alone as GGUF: `--lora` of llama.cpp, ADAPTER of Ollama.")

  @Option(help: ArgumentHelp("The folder of the adapter's base model.", valueName: "folder"))
  var model: String

  @Option(help: ArgumentHelp("The adapter's folder.", valueName: "folder"))
  var adapter: String

  @Option(name: .customLong("output"), help: ArgumentHelp("The new file.", valueName: "file"))
  var destination: String

  @Option(help: "The type of its matrices: f32, f16, bf16 or q8_0.")
  var type = "f16"

  @Flag(help: "Replace the file when it is there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    guard ["f32", "f16", "bf16", "q8_0"].contains(type.lowercased()) else {
      throw AnnealError(
        .usage, "'\(type)' is not a type for adapters", remedy: "Types: f32, f16, bf16, q8_0.")
    }
    try OutputPlace.check(
      destination, inputs: [model, adapter], overwrite: overwrite,
      named: "adapter.gguf")
    let bytes = try ModelExport.lora(
      model: model, adapter: adapter, mix: .named(type), to: destination)
    console.result(
      ["output": .string(destination), "bytes": .integer(bytes)],
      "\(destination): \(Amount.bytes(bytes)); read back: its factors and scales are the adapter's")
  }
}

/// Draws how much of a file is written, and stops the work when it is asked to.
private final class ExportProgress {
  private let console: Console
  private var shown = -1

  init(_ console: Console) {
    self.console = console
    Interruption.listen()
  }

  func tell(_ done: Int, _ all: Int) throws {
    try Interruption.check()
    let percent = all > 0 ? Int(100 * Double(done) / Double(all)) : 100
    guard percent != shown else { return }
    shown = percent
    console.progress(percent < 100 ? "writing: \(percent) %" : "reading it back")
  }
}

extension ParityReport {
  fileprivate func json(_ logits: LogitParity?) -> JSON {
    [
      "texts": .integer(texts), "conversations": .integer(conversations),
      "tensors": .integer(tensors), "largest_relative_error": .number(largestError),
      "largest_error_tensor": .string(largestErrorTensor),
      "logits": logits.map { logits in
        [
          "tokens": .integer(logits.found.tokens),
          "mean_kl_nats_per_token": .number(logits.found.meanKL),
          "bound_nats_per_token": .number(logits.bound),
          "largest_difference": .number(logits.found.largestLogitDifference),
          "agreement": .number(logits.found.agreement),
        ]
      } ?? .null,
    ]
  }

  func words(_ logits: LogitParity?) -> String {
    var words = "read back: \(texts) texts and \(tensors) tensors are the model's"
    if !largestErrorTensor.isEmpty {
      words +=
        ", the coarsest row off by \((largestError * 10_000).rounded() / 100) % "
        + "(\(largestErrorTensor))"
    }
    guard let logits else { return words + "; predictions not compared: too little memory" }
    return words + "; predictions \(String(format: "%.2g", logits.found.meanKL)) nats/token from "
      + "the model's, rounding explains \(String(format: "%.2g", logits.bound))"
  }
}

import Anneal
import AnnealFiles
import AnnealTorch
import ArgumentParser

/// A verb of the command line: it does its work, and failures become a message and an exit status
/// in one place.
protocol Verb: AsyncParsableCommand {
  var output: OutputOptions { get }
  /// The work.
  func perform(_ console: Console) async throws
}

extension Verb {
  // What the parser reports reads as what the work reports.
  static var _errorPrefix: String { "error: " }

  func run() async throws {
    let console = Console(output)
    do {
      try await perform(console)
    } catch let error as AnnealError {
      console.failure("\(error)")
      throw ExitStatus(error)
    } catch let error as TorchError {
      let error = AnnealError(error)
      console.failure("\(error)")
      throw ExitStatus(error)
    }
  }
}

/// How a verb reports.
struct OutputOptions: ParsableArguments {
  @Flag(help: "One JSON document on standard output; everything else goes to standard error.")
  var json = false

  @Flag(name: .shortAndLong, help: "Only results and errors.")
  var quiet = false

  @Flag(help: "More of what is being done.")
  var verbose = false
}

/// Where a verb computes.
struct ComputeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where to compute: auto, cpu, cuda or mps.", valueName: "device"))
  var device = "auto"

  @Option(help: ArgumentHelp("The weights' type: auto, float32 or bfloat16.", valueName: "type"))
  var dtype = "auto"

  @Option(help: "Threads of the processor; all by default.")
  var threads: Int?

  /// Applies the threads and gives the device and the type.
  func resolve() throws -> (device: Device, dtype: DType?) {
    if let threads {
      guard (1...1024).contains(threads) else {
        throw AnnealError(.usage, "--threads is \(threads); expected 1 to 1024")
      }
      Torch.threads = threads
    }
    return (try Hardware.device(device), try Hardware.dtype(dtype, on: Hardware.device(device)))
  }
}

/// Which model a verb works on.
struct ModelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model's folder.", valueName: "folder"))
  var model: String

  @OptionGroup var handling: ModelHandling

  var adapter: String? { handling.adapter }

  /// Loads the model and puts the adapter on.
  func load(_ console: Console) throws -> LanguageModel { try handling.load(model, console) }
}

/// How a verb loads the model it works on.
struct ModelHandling: ParsableArguments {
  @Option(help: ArgumentHelp("An adapter's folder, to put on the model.", valueName: "folder"))
  var adapter: String?

  @Option(
    help: ArgumentHelp(
      "A chat template: a file, or chatml, llama2, llama3, qwen2.", valueName: "name"))
  var chatTemplate: String?

  @Option(
    help: ArgumentHelp(
      "Hold the linear weights in codes: nf4, fp4 or int8.", valueName: "type"))
  var quantization: String?

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if let quantization, QuantizedWeight.Kind(rawValue: quantization) == nil {
      throw ValidationError("--quantization is \(quantization); expected nf4, fp4 or int8.")
    }
  }

  /// Loads the model in the folder `model` and puts the adapter on.
  func load(_ model: String, _ console: Console) throws -> LanguageModel {
    let (device, dtype) = try compute.resolve()
    console.detail("loading \(model) on \(device)")
    return try LanguageModel.load(
      from: model, adapter: adapter, on: device, as: dtype,
      quantization: quantization.flatMap(QuantizedWeight.Kind.init).map {
        Quantization(kind: $0, isDouble: true)
      }, template: chatTemplate)
  }
}

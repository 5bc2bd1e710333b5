#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import AnnealDatasets
public import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch
public import AnnealTraining
internal import OrderedCollections

/// How fast a recipe trains here, beside what the machine could do at best.
///
/// Rows are random tokens of one length, all of them loss-bearing, so that nothing but the model's
/// shape and the recipe counts.
public struct TrainingBenchmark {
  private let recipe: Recipe
  private let tokens: Int
  private let steps: Int

  /// Whether `key` says anything here: rows, their lengths, the number of steps and what a run writes
  /// are the benchmark's own.
  public static func measures(_ key: RecipeKey) -> Bool {
    let fixed = [
      "per_device_eval_batch_size", "num_train_epochs", "max_steps", "stage", "chat_template",
    ]
    return key.section != .data && key.section != .run && !fixed.contains(key.name)
  }

  /// A benchmark of `recipe`, whose data is not read.
  ///
  /// - Parameters:
  ///   - tokens: tokens of a row.
  ///   - steps: optimizer steps that are timed, after one that is not.
  public init(_ recipe: Recipe, tokens: Int, steps: Int) {
    self.recipe = recipe.withWholePaths
    self.tokens = tokens
    self.steps = steps
  }

  /// Trains and measures.
  ///
  /// - Parameter progress: told what is being done.
  public func run(_ progress: (String) -> Void = { _ in }) throws -> Result {
    let budget = Torch.Memory.budget
    defer { Torch.Memory.budget = budget }
    // As in a run: what is free is free beside what this process holds already.
    let free = Memory.availableBytes.map { $0 + Torch.Memory.currentBytes }
    if let limit = recipe.memoryLimit?.bytes ?? free { Torch.Memory.budget = limit }
    if let threads = recipe.threads { Torch.threads = threads }
    progress("loading the model")
    let model = try LanguageModel.load(for: recipe)
    let loop = try makeLoop(model)
    Torch.Memory.resetPeak()
    var reports: [StepReport] = []
    while let report = try loop.next() {
      progress("step \(report.step) of \(loop.totalSteps)")
      reports.append(report)
    }
    let (peak, resident) = (Torch.Memory.peakBytes, Memory.peakResidentBytes)
    progress("the parts of a step")
    let parts = try loop.partTimes()
    progress("the machine's matrix rate at these shapes")
    let operations = StepOperations(
      model: model.network,
      trained: zip(loop.parameters.names, loop.parameters.values).map { ($0, $1.shape) })
    let rows = recipe.perDeviceTrainBatchSize
    let batch = PackedBatch(try loop.examples.examples(at: 0..<min(rows, loop.examples.count)))
    let rate = try operations.matrixRate(rows: batch.ids.count, repeats: 5)
    let seconds = reports.dropFirst().map(\.seconds).sorted()
    return Result(
      tokensPerStep: reports.last?.tokens ?? 0, secondsPerStep: seconds[seconds.count / 2],
      operationsPerStep: operations.count(batch) * Double(recipe.gradientAccumulationSteps),
      matrixOperationsPerSecond: rate, parts: parts, peakBytes: peak, peakResidentBytes: resident,
      trainedParameters: loop.parameters.count, fittingTokens: loop.progress.fittingTokens,
      threads: Torch.threads,
      device: "\(model.network.device)", dtype: model.network.dtype.rawValue)
  }

  private func makeLoop(_ model: LanguageModel) throws -> TrainingLoop {
    let limit = model.network.configuration.maximumPositions
    guard tokens <= limit else {
      throw AnnealError(
        .usage, "\(tokens) tokens a row; the model has \(limit) positions",
        remedy: "Give fewer as --tokens.")
    }
    var settings = recipe.settings(totalSteps: nil)
    settings.batch = .rows(
      recipe.perDeviceTrainBatchSize, accumulate: recipe.gradientAccumulationSteps, packing: nil)
    settings.maxSteps = steps + 1
    // There is no run's folder; the file is unlinked as soon as it is open.
    if settings.activationFolder != nil {
      settings.activationFolder = FileManager.default.temporaryDirectory.path
    }
    let rows = recipe.perDeviceTrainBatchSize * recipe.gradientAccumulationSteps * (steps + 1)
    var random = SplitMix64(seed: UInt64(recipe.seed))
    let vocabulary = model.network.configuration.vocabularySize
    let examples = (0..<rows).map { row in
      Example(
        ids: (0..<tokens).map { _ in Int32(random.below(vocabulary)) },
        lossMask: Array(repeating: true, count: tokens), row: row,
        source: .init(file: "random tokens", line: row + 1))
    }
    return try Torch.checked {
      try TrainingLoop(
        model.network, training: model.trainableParameters, attachments: model.attachments,
        on: examples, settings: settings)
    }
  }
}

extension TrainingBenchmark {
  /// What was measured.
  public struct Result: Sendable {
    /// Tokens that an optimizer step reads.
    public var tokensPerStep: Int
    /// The median step.
    public var secondsPerStep: Double
    /// Multiplications and additions that a step cannot leave out.
    public var operationsPerStep: Double
    /// What the machine's matrix product does at these shapes.
    public var matrixOperationsPerSecond: Double
    /// Where the time goes, each part measured by itself.
    public var parts: [PartTime]
    /// The most bytes that tensors took at once; mapped weights are not among them.
    public var peakBytes: Int
    /// The most bytes that the process had in memory at once.
    public var peakResidentBytes: Int?
    /// Values that are trained.
    public var trainedParameters: Int
    /// Tokens that were computed at once where a micro-batch did not fit into memory; else nil.
    public var fittingTokens: Int?
    /// Threads of the processor.
    public var threads: Int
    /// Where it ran.
    public var device: String
    /// The type of the weights.
    public var dtype: String

    /// Tokens a second.
    public var tokensPerSecond: Double { Double(tokensPerStep) / secondsPerStep }
    /// The share of the machine's matrix rate that the step reaches.
    public var fractionOfMatmul: Double {
      operationsPerStep / secondsPerStep / matrixOperationsPerSecond
    }

    /// The document that `anneal bench train --json` prints.
    public var json: JSON {
      [
        "tokens_per_second": .number(tokensPerSecond), "tokens": .integer(tokensPerStep),
        "seconds_per_step": .number(secondsPerStep),
        "flops_per_step": .number(operationsPerStep),
        "matmul_flops_per_second": .number(matrixOperationsPerSecond),
        "fraction_of_matmul": .number(fractionOfMatmul), "peak_bytes": .integer(peakBytes),
        "peak_resident_bytes": peakResidentBytes.map(JSON.integer) ?? .null,
        "trained_parameters": .integer(trainedParameters),
        "fitting_tokens": fittingTokens.map(JSON.integer) ?? .null, "threads": .integer(threads),
        "device": .string(device), "dtype": .string(dtype),
        "seconds_by_part": .object(
          .init(
            uniqueKeysWithValues: allParts.map { ($0.name, JSON.number($0.seconds)) })),
      ]
    }

    /// What the parts leave of a step: the final norm, the embedding, adding gradients, waiting.
    ///
    /// None where the parts, each measured by itself, came to more than the step.
    public var rest: PartTime? {
      let seconds = secondsPerStep - parts.reduce(0) { $0 + $1.seconds }
      return seconds > 0 ? PartTime(name: "other", seconds: seconds) : nil
    }

    private var allParts: [PartTime] { parts + [rest].compactMap { $0 } }

    private var split: String {
      fittingTokens.map {
        "\nmicro-batches did not fit and were computed in parts of at most "
          + Amount.count($0, of: "token")
      } ?? ""
    }

    /// What is printed for people.
    public var summary: String {
      let share = { (seconds: Double) in "\((seconds / secondsPerStep * 100).fixed(0)) %" }
      let width = allParts.map(\.name.count).max() ?? 0
      let lines = allParts.map { part in
        let gap = String(repeating: " ", count: width - part.name.count)
        return "  \(part.name)\(gap)  \(Amount.seconds(part.seconds))  \(share(part.seconds))"
      }
      let memory =
        "\(Amount.bytes(peakBytes)) of tensors"
        + (peakResidentBytes.map { ", \(Amount.bytes($0)) with mapped weights and code" } ?? "")
      return """
        \(tokensPerSecond.fixed(1)) tokens/s: \(Amount.count(tokensPerStep)) tokens in \
        \(Amount.seconds(secondsPerStep)) a step, \(dtype) on \(device), \(Amount.count(threads, of: "thread"))
        \((fractionOfMatmul * 100).fixed(0)) % of the machine's matrix rate \
        (\((matrixOperationsPerSecond / 1e12).fixed(2)) TFLOP/s at these shapes)
        peak memory \(memory)\(split)
        the parts of a step, each measured by itself:
        \(lines.joined(separator: "\n"))
        """
    }
  }
}

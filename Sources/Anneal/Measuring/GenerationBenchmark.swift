public import AnnealFiles
internal import AnnealInference
internal import AnnealNeural
internal import AnnealTorch
internal import AnnealTraining

/// How fast a model generates, beside what the machine's memory could give at best.
///
/// Every new token of a single reply reads all weights once, so that the rate at which memory is
/// read is the limit.
public struct GenerationBenchmark {
  private let model: LanguageModel
  private let promptTokens: Int
  private let newTokens: Int
  private let replies: Int

  /// A benchmark of `replies` replies at once, each to a prompt of random tokens.
  public init(_ model: LanguageModel, promptTokens: Int, newTokens: Int, replies: Int = 1) {
    self.model = model
    self.promptTokens = promptTokens
    self.newTokens = newTokens
    self.replies = replies
  }

  /// Generates and measures.
  ///
  /// - Parameter repeats: how often; the median counts.
  public func run(repeats: Int = 3) throws -> Result {
    let limit = model.network.configuration.maximumPositions
    guard promptTokens + newTokens <= limit else {
      throw AnnealError(
        .usage, "\(promptTokens + newTokens) tokens; the model has \(limit) positions",
        remedy: "Give a smaller --prompt-tokens or --new-tokens.")
    }
    var random = SplitMix64(seed: 17)
    let vocabulary = model.network.configuration.vocabularySize
    let prompts = (0..<replies).map { _ in
      (0..<promptTokens).map { _ in random.below(vocabulary) }
    }
    func seconds(_ count: Int) throws -> Double {
      let requests = prompts.map {
        GenerationRequest(prompt: $0, sampling: .greedy, maxNewTokens: count, endOfTurn: [])
      }
      return try Measured.median(of: repeats) {
        _ = try model.engine.generate(requests, batch: replies)
      }
    }
    Torch.Memory.resetPeak()
    let first = try seconds(1)
    let all = try seconds(newTokens)
    let (peak, resident) = (Torch.Memory.peakBytes, Memory.peakResidentBytes)
    return Result(
      promptTokensPerSecond: Double(promptTokens * replies) / first,
      tokensPerSecond: Double((newTokens - 1) * replies) / Swift.max(all - first, 1e-9),
      secondsToFirstToken: first, weightBytes: weightBytes,
      passesPerSecond: Double(newTokens - 1) / Swift.max(all - first, 1e-9),
      memoryBytesPerSecond: try memoryRate(), peakBytes: peak,
      peakResidentBytes: resident)
  }

  /// Bytes of weights that a pass over one token reads.
  private var weightBytes: Int {
    let embedding = model.network.embedding.weight
    return model.network.parameterBytes
      - (model.network.head.isTied ? 0 : embedding.count * embedding.value.dtype.bytes)
  }

  /// Bytes a second that a sum over a large tensor reads.
  private func memoryRate() throws -> Double {
    let bytes = 512 << 20
    let seconds = try Torch.checked {
      let values = Tensor.ones([bytes / 4], .float32, on: model.network.device)
      return try withoutGradient {
        try Measured.best(of: 5) { try Torch.checked { _ = values.sum().item() } }
      }
    }
    return Double(bytes) / seconds
  }
}

extension GenerationBenchmark {
  /// What was measured.
  public struct Result: Sendable {
    /// Tokens a second while prompts are read.
    public var promptTokensPerSecond: Double
    /// New tokens a second, of all replies together.
    public var tokensPerSecond: Double
    /// Seconds until every reply has its first token.
    public var secondsToFirstToken: Double
    /// Bytes of weights that a pass reads.
    public var weightBytes: Int
    /// Passes a second while replies grow.
    public var passesPerSecond: Double
    /// What memory gives, bytes a second.
    public var memoryBytesPerSecond: Double
    /// The most bytes that tensors took at once; mapped weights are not among them.
    public var peakBytes: Int
    /// The most bytes that the process had in memory at once.
    public var peakResidentBytes: Int?

    /// The share of memory's rate at which weights are read.
    public var fractionOfMemoryRate: Double {
      Double(weightBytes) * passesPerSecond / memoryBytesPerSecond
    }

    /// The document that `anneal bench generate --json` prints.
    public var json: JSON {
      [
        "tokens_per_second": .number(tokensPerSecond),
        "prompt_tokens_per_second": .number(promptTokensPerSecond),
        "seconds_to_first_token": .number(secondsToFirstToken),
        "weight_bytes": .integer(weightBytes),
        "memory_bytes_per_second": .number(memoryBytesPerSecond),
        "fraction_of_memory_rate": .number(fractionOfMemoryRate),
        "peak_bytes": .integer(peakBytes),
        "peak_resident_bytes": peakResidentBytes.map(JSON.integer) ?? .null,
      ]
    }

    /// What is printed for people.
    public var summary: String {
      """
      \(tokensPerSecond.fixed(1)) new tokens/s; prompts at \
      \(promptTokensPerSecond.fixed(0)) tokens/s, first token after \
      \(Amount.seconds(secondsToFirstToken))
      \((fractionOfMemoryRate * 100).fixed(0)) % of the rate at which memory is read \
      (\((memoryBytesPerSecond / 1e9).fixed(1)) GB/s; \(Amount.bytes(weightBytes)) of weights a pass)
      peak memory \(Amount.bytes(peakBytes)) of tensors\
      \(peakResidentBytes.map { ", \(Amount.bytes($0)) with mapped weights and code" } ?? "")
      """
    }
  }
}

internal import AnnealFiles
internal import AnnealModels
public import AnnealNeural
public import AnnealTorch

/// The tiny random models under `Tests/Fixtures/models`, with what transformers computes with them.
public struct TinyModel {
  /// The fixture's folder.
  public let folder: String
  /// The network.
  public let network: any CausalModel
  /// The ids whose logits are known.
  public let ids: [Int]
  /// transformers' logits after the last id, float64.
  public let lastLogits: [Double]
  /// transformers' logits after the eighth id.
  public let middleLogits: [Double]
  /// transformers' mean negative log-likelihood of `ids`, nats/token.
  public let meanNLL: Double
  /// transformers' greedy continuation.
  public let greedy: [Int]

  /// Loads the fixture called `name`; an adapter's fixture names its base.
  ///
  /// - Parameter isStreamed: whether the weights stay in their file.
  public init(
    _ name: String, base: String? = nil, as dtype: DType = .float32, on device: Device = .cpu,
    isStreamed: Bool = false
  ) throws {
    folder = Fixture.path("models/\(name)")
    let model = base.map { Fixture.path("models/\($0)") } ?? folder
    let expected = try JSON(contentsOf: folder + "/expected.json")
    ids = expected["ids"]?.array?.compactMap(\.integer) ?? []
    lastLogits = expected["last_logits"]?.array?.compactMap(\.number) ?? []
    middleLogits = expected["middle_logits"]?.array?.compactMap(\.number) ?? []
    meanNLL = expected["mean_nll"]?.number ?? .nan
    greedy = expected["greedy"]?.array?.compactMap(\.integer) ?? []
    let path = model + "/config.json"
    let file = ConfigurationFile(try JSON(contentsOf: path), path: path)
    network = try ModelRegistry.builtin.model(
      file,
      Weights(
        try CheckpointWeights(folder: model), as: dtype, on: device, isStreamed: isStreamed))
  }

  /// Logits of the whole sequence, `[N, V]`, with the given adapters.
  public func logits(_ attachments: [Site: [any Attachment]] = [:]) -> Tensor {
    withoutGradient {
      var pass = Pass.document(ids.count)
      pass.attachments = attachments
      return network.head.logits(network.hiddenStates(Tensor(ids), in: pass))
    }
  }
}

/// The largest absolute difference of two lists of numbers; infinite when their lengths differ.
public func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}

/// A row of a tensor as numbers.
public func row(_ index: Int, of tensor: Tensor) -> [Double] {
  tensor.select(0, index).floats().map(Double.init)
}

internal import AnnealFiles
public import AnnealTorch

/// Where a model's tensors come from: a checkpoint, or a random start.
public protocol WeightSource {
  /// Whether a tensor is stored under `path`.
  func contains(_ path: String) -> Bool
  /// The extents of the tensor under `path`, nil when there is none (a random start takes any).
  func shape(of path: String) -> [Int]?
  /// The tensor under `path`, as stored or as begun.
  func tensor(_ path: String, shape: [Int], start: Start) throws -> Tensor
  /// The weight under `path` where it is stored in codes.
  func quantized(_ path: String) throws -> QuantizedWeight?
  /// The tensor under `path` on the pages of its file, where it can be used in place.
  func mapped(_ path: String) throws -> MappedTensor?
}

extension WeightSource {
  /// Nothing is in codes.
  public func quantized(_ path: String) throws -> QuantizedWeight? { nil }
  /// Nothing lies in a file.
  public func mapped(_ path: String) throws -> MappedTensor? { nil }
}

/// How a tensor begins when a model is trained from scratch.
public enum Start: Sendable {
  /// Normally distributed around 0 with the configuration's `initializer_range`.
  case normal
  /// All ones, as norms begin.
  case ones
  /// All zeros, as biases begin.
  case zeros
}

/// A source of weights and a path into it: `weights / "self_attn" / "q_proj"`.
///
/// Layers name their tensors where they use them and load while they are built; a missing key
/// throws with its full path and the expected extents.
public struct Weights {
  /// Where the tensors come from.
  public let source: any WeightSource
  /// The path so far.
  public let path: String
  /// The type that floating-point weights are cast to; nil keeps what is stored.
  public let dtype: DType?
  /// Where the tensors go.
  public let device: Device
  /// How the weights of linear maps are coded; nil leaves them as they are.
  public let quantization: Quantization?
  /// Whether weights stay in their file, and are in memory only while they are used.
  public let isStreamed: Bool
  /// What was built so far.
  public let inventory: Inventory

  /// The root of `source`.
  public init(
    _ source: any WeightSource, as dtype: DType?, on device: Device,
    quantization: Quantization? = nil, isStreamed: Bool = false
  ) {
    self.init(
      source, path: "", dtype: dtype, device: device, quantization: quantization,
      isStreamed: isStreamed, inventory: Inventory())
  }

  private init(
    _ source: any WeightSource, path: String, dtype: DType?, device: Device,
    quantization: Quantization?, isStreamed: Bool, inventory: Inventory
  ) {
    self.source = source
    self.path = path
    self.dtype = dtype
    self.device = device
    self.quantization = quantization
    self.isStreamed = isStreamed
    self.inventory = inventory
  }

  /// The weights below `name`.
  public static func / (weights: Weights, name: some CustomStringConvertible) -> Weights {
    Weights(
      weights.source, path: weights.path.isEmpty ? "\(name)" : "\(weights.path).\(name)",
      dtype: weights.dtype, device: weights.device, quantization: weights.quantization,
      isStreamed: weights.isStreamed, inventory: weights.inventory)
  }

  /// Whether there is a tensor called `name` here.
  public func contains(_ name: String = "weight") -> Bool { source.contains((self / name).path) }

  /// The tensor called `name`, which must have extents `shape`.
  public func weight(
    _ name: String = "weight", _ shape: [Int], start: Start = .normal
  ) throws -> Weight {
    let key = (self / name).path
    let value = try value(key, shape, start: start).to(device)
    // Small ones, and those that were copied to another type or place, stay in memory.
    let mapped =
      isStreamed && shape.count > 1 ? try source.mapped(key).flatMap(inPlace) : nil
    let weight = Weight(path: key, value: mapped?.tensor ?? value, mapped: mapped)
    inventory.register(weight)
    return weight
  }

  /// The weight of a linear map, held in codes where it is stored so or `quantization` asks for it.
  ///
  /// One tensor at a time is coded, so that the peak stays near the size of the codes.
  func storage(_ shape: [Int]) throws -> any WeightStorage {
    let key = (self / "weight").path
    if let coded = try source.quantized(key) {
      try check(coded.shape, of: key, against: shape)
      return registered(Quantized(path: key, coded.to(device), as: dtype ?? .bfloat16))
    }
    if isStreamed, let mapped = try mapped(key, shape) {
      let streamed = Streamed(
        path: key, mapped, as: dtype ?? mapped.tensor.dtype, on: device)
      inventory.register(streamed)
      return streamed
    }
    guard let quantization else { return Dense(try weight("weight", shape)) }
    let value = try value(key, shape, start: .normal)
    let coded = try Torch.checked {
      QuantizedWeight(
        value, as: quantization.kind, blockSize: quantization.blockSize,
        doubleQuantization: quantization.isDouble)
    }
    // The file's pages have done their part; another tensor's follow.
    try source.mapped(key)?.letGo()
    return registered(Quantized(path: key, coded.to(device), as: value.dtype))
  }

  /// The floating-point tensor under `key` on its file's pages, where they can be used.
  private func mapped(_ key: String, _ shape: [Int]) throws -> MappedTensor? {
    guard let mapped = try source.mapped(key) else { return nil }
    try check(mapped.tensor.shape, of: key, against: shape)
    return mapped.tensor.dtype.isFloating && mapped.tensor.dtype.bytes > 1 ? mapped : nil
  }

  private func inPlace(_ mapped: MappedTensor) -> MappedTensor? {
    device == .cpu && (dtype ?? mapped.tensor.dtype) == mapped.tensor.dtype ? mapped : nil
  }

  private func registered(_ quantized: Quantized) -> Quantized {
    inventory.register(quantized)
    return quantized
  }

  private func value(_ key: String, _ shape: [Int], start: Start) throws -> Tensor {
    if let found = source.shape(of: key) { try check(found, of: key, against: shape) }
    let value = try source.tensor(key, shape: shape, start: start)
    if value.dtype.bytes == 1 {
      throw AnnealError(
        .model,
        "the tensor \(key) is stored as \(value.dtype.rawValue), in codes whose scales lie "
          + "elsewhere", remedy: "Use the model's weights in bfloat16, float16 or float32.")
    }
    guard let dtype, value.dtype.isFloating else { return value }
    return value.to(dtype)
  }

  private func check(_ found: [Int], of key: String, against shape: [Int]) throws {
    guard found != shape else { return }
    throw AnnealError(
      .model, "the tensor \(key) has extents \(found); config.json asks for \(shape)",
      remedy: "Check that config.json belongs to these weights.")
  }
}

/// Fresh random weights, each a pure function of the seed and its own path.
public struct RandomWeights: WeightSource {
  /// The seed of the whole model.
  public let seed: UInt64
  /// The standard deviation of what begins normally distributed.
  public let deviation: Double

  /// A random start.
  public init(seed: UInt64, deviation: Double) {
    self.seed = seed
    self.deviation = deviation
  }

  /// Any path can be begun.
  public func contains(_ path: String) -> Bool { !path.hasSuffix(".bias") }

  /// Nothing is stored, so any extents will do.
  public func shape(of path: String) -> [Int]? { nil }

  /// A fresh tensor, float32.
  public func tensor(_ path: String, shape: [Int], start: Start) throws -> Tensor {
    switch start {
    case .ones: .ones(shape)
    case .zeros: .zeros(shape)
    case .normal:
      .normal(shape, deviation: deviation, key: RandomKey(seed: seed, name: path))
    }
  }
}

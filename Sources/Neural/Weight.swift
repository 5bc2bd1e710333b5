public import AnnealTorch

/// A tensor of a checkpoint and the path it is stored under.
///
/// Layers hold the box, not the tensor, so that a module that an adapter trains in full can put its
/// own tensor in the place of the base's, and take it back.
public final class Weight: ModelTensor {
  /// The checkpoint's key, such as `model.norm.weight`.
  public let path: String
  /// The value in use.
  public var value: Tensor
  /// The pages that the value lies on, when they are to be in memory only while it is used.
  private let mapped: MappedTensor?

  /// A weight stored under `path`.
  ///
  /// - Parameter mapped: the pages of a file that `value` lies on, to be let go after each use.
  public init(path: String, value: Tensor, mapped: MappedTensor? = nil) {
    self.path = path
    self.value = value
    self.mapped = mapped
  }

  /// Takes the value's pages out of memory, where it lies on a file that is streamed.
  public func letGo() { mapped?.letGo() }

  /// Whether its pages are let go after each use.
  public var isStreamed: Bool { mapped != nil }
  /// The value's extents.
  public var shape: [Int] { value.shape }
  /// The value's bytes.
  public var byteCount: Int { value.count * value.dtype.bytes }
  /// The value.
  public var stored: Tensor { value }
  /// The value.
  public func dense() -> Tensor { value }
}

/// A tensor of a model, however it is held: as it is, in codes, or in its file.
public protocol ModelTensor: AnyObject {
  /// The checkpoint's key, such as `model.norm.weight`.
  var path: String { get }
  /// The extents of its values.
  var shape: [Int] { get }
  /// What it takes, with scales.
  var byteCount: Int { get }
  /// Whether it is in memory only while it is used.
  var isStreamed: Bool { get }
  /// What is kept: the values, or their codes.
  var stored: Tensor { get }
  /// The values.
  func dense() -> Tensor
  /// Takes what lies on a streamed file out of memory, until it is used again.
  func letGo()
}

extension ModelTensor {
  /// It is in memory all the time.
  public var isStreamed: Bool { false }
  /// It stays in memory.
  public func letGo() {}
  /// The module that the tensor belongs to, such as `model.norm`.
  public var module: String { path.split(separator: ".").dropLast().joined(separator: ".") }
  /// The tensor's name in its module, such as `weight`.
  public var name: String { path.split(separator: ".").last.map(String.init) ?? path }
  /// How many values it has.
  public var count: Int { shape.reduce(1, *) }
}

/// What a model was built from, in the order in which it was built.
///
/// Layers register themselves while they load, so a model can list its tensors and linear maps
/// without reflection and without a key table. The order is that of construction, never a
/// dictionary's: sums over it must not change between processes.
public final class Inventory {
  /// Every tensor of the checkpoint that the model uses.
  public private(set) var tensors: [any ModelTensor] = []
  /// Those that are neither in codes nor left in their file, and can therefore be trained.
  public private(set) var weights: [Weight] = []
  /// Every linear map, the head excepted when it shares the embedding's tensor.
  public private(set) var linears: [Linear] = []

  init() {}

  func register(_ weight: Weight) {
    tensors.append(weight)
    weights.append(weight)
  }
  func register(_ quantized: Quantized) { tensors.append(quantized) }
  func register(_ streamed: Streamed) {
    // Layers are built in the order in which they compute.
    if let last = tensors.lazy.reversed().compactMap({ $0 as? Streamed }).first {
      streamed.follows(last)
    }
    tensors.append(streamed)
  }
  func register(_ linear: Linear) { linears.append(linear) }

  /// The weight stored under `path`.
  public func weight(_ path: String) -> Weight? { weights.first { $0.path == path } }
}

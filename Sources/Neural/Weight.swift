public import AnnealTorch

/// A tensor of a checkpoint and the path it is stored under.
///
/// Layers hold the box, not the tensor, so that a module that an adapter trains in full can put its
/// own tensor in the place of the base's, and take it back.
public final class Weight {
  /// The checkpoint's key, such as `model.norm.weight`.
  public let path: String
  /// The value in use.
  public var value: Tensor

  /// The module that the tensor belongs to, such as `model.norm`.
  public var module: String { path.split(separator: ".").dropLast().joined(separator: ".") }
  /// The tensor's name in its module, such as `weight`.
  public var name: String { path.split(separator: ".").last.map(String.init) ?? path }

  /// A weight stored under `path`.
  public init(path: String, value: Tensor) {
    self.path = path
    self.value = value
  }
}

/// What a model was built from, in the order in which it was built.
///
/// Layers register themselves while they load, so a model can list its tensors and linear maps
/// without reflection and without a key table. The order is that of construction, never a
/// dictionary's: sums over it must not change between processes.
public final class Inventory {
  /// Every tensor of the checkpoint that the model uses.
  public private(set) var weights: [Weight] = []
  /// Every linear map, the head excepted when it shares the embedding's tensor.
  public private(set) var linears: [Linear] = []

  init() {}

  func register(_ weight: Weight) { weights.append(weight) }
  func register(_ linear: Linear) { linears.append(linear) }

  /// The weight stored under `path`.
  public func weight(_ path: String) -> Weight? { weights.first { $0.path == path } }
}

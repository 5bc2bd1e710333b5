public import AnnealTorch

/// A way to move trained values against their gradients.
///
/// It keeps no state itself: what it remembers of a tensor is an `OptimizerState`, which checkpoints
/// save. Values and what is computed with them are float32.
public protocol Optimizer: Sendable {
  /// The `optim` of a recipe.
  static var name: String { get }
  /// What other tools call it.
  static var aliases: [String] { get }
  /// The learning rate and what else a recipe says.
  var settings: OptimizerSettings { get }
  /// An optimizer.
  init(_ settings: OptimizerSettings)
  /// What is remembered of a tensor that has not moved yet.
  func state(of master: Tensor) -> OptimizerState
  /// What that takes for a tensor of `count` values, bytes.
  func stateBytes(count: Int) -> Int
  /// Moves tensors and their state, each independently of the others.
  ///
  /// Called without recording for gradients.
  func update(_ tensors: [OptimizedTensor], _ step: OptimizerStep)
}

extension Optimizer {
  /// No other names.
  public static var aliases: [String] { [] }
}

/// What a recipe says of an optimizer.
public struct OptimizerSettings: Sendable, Hashable {
  /// The learning rate.
  public var schedule: Schedule
  /// How long the mean of the gradient remembers.
  public var beta1: Double
  /// How long the mean of its square remembers.
  public var beta2: Double
  /// Added to the root of the mean square.
  public var epsilon: Double
  /// How fast matrices shrink; vectors (norms, biases) never do.
  public var weightDecay: Double

  /// Settings; the defaults are the field's.
  public init(
    _ schedule: Schedule, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) {
    self.schedule = schedule
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }
}

/// What an optimizer remembers of one tensor: tensors by name, changed in place.
public struct OptimizerState {
  /// The tensors, in the order in which they are saved.
  public let parts: [(name: String, tensor: Tensor)]

  /// A state of `parts`.
  public init(_ parts: [(name: String, tensor: Tensor)]) { self.parts = parts }

  /// The tensor called `name`, nil when the state has none.
  public subscript(name: String) -> Tensor? { parts.first { $0.name == name }?.tensor }
}

/// A tensor to be moved.
public struct OptimizedTensor {
  /// Its values, float32.
  public let master: Tensor
  /// Its gradient, float32 or bfloat16, in the same shape.
  public let gradient: Tensor
  /// What is remembered of it.
  public let state: OptimizerState
}

/// What a step is to all tensors alike.
public struct OptimizerStep: Sendable {
  /// Which step this is, from 1; a skipped step is none.
  public var number: Int
  /// The learning rate.
  public var rate: Double
  /// What gradients are multiplied by, such as a clipping factor.
  public var gradientScale = 1.0
}

/// The optimizers there are: an immutable list, to which a program may add its own.
public struct OptimizerRegistry: Sendable {
  private let optimizers: [any Optimizer.Type]

  /// A registry of `optimizers`.
  public init(_ optimizers: [any Optimizer.Type]) { self.optimizers = optimizers }

  /// The optimizers that come with Anneal.
  public static let builtin = OptimizerRegistry([
    AdamW.self, AdamW8bit.self,
  ])

  /// This registry and one optimizer more.
  public func adding(_ optimizer: any Optimizer.Type) -> OptimizerRegistry {
    OptimizerRegistry(optimizers + [optimizer])
  }

  /// The optimizers' names, as in `optim`.
  public var names: [String] { optimizers.map { $0.name } }

  /// The optimizer that is called `name`, or so by another tool.
  public func optimizer(named name: String) -> (any Optimizer.Type)? {
    optimizers.first { $0.name == name || $0.aliases.contains(name) }
  }
}

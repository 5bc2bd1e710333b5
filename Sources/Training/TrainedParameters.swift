public import AnnealTorch

/// The tensors that a run trains, in a fixed order, and their float32 master values.
///
/// A tensor that is float32 is its own master; for bfloat16 the model computes with a rounded copy,
/// so that small updates are not lost.
public final class TrainedParameters {
  /// The tensors' names, as they are saved.
  public let names: [String]
  /// What the model computes with: leaves that require gradients.
  public let values: [Tensor]
  /// What the optimizer moves, float32.
  public let masters: [Tensor]

  /// Makes `parameters` trainable.
  public init(_ parameters: [(name: String, value: Tensor)]) {
    names = parameters.map(\.name)
    values = parameters.map { $0.value.requiringGradient(true) }
    masters = values.map { $0.dtype == .float32 ? $0 : $0.detached().to(.float32) }
  }

  /// Values in all of them.
  public var count: Int { values.reduce(0) { $0 + $1.count } }

  /// Rounds the masters into what the model computes with.
  public func publish() { values.indices.forEach(publish) }

  /// Rounds one master into what the model computes with.
  func publish(_ index: Int) {
    guard values[index].dtype != .float32 else { return }
    withoutGradient { values[index].copy(from: masters[index]) }
  }

  /// Puts `saved` values into the masters and the model.
  public func restore(_ saved: [Tensor]) {
    for (master, value) in zip(masters, saved) {
      withoutGradient { master.copy(from: value.to(master.device)) }
    }
    publish()
  }

  /// Ends training: the tensors no longer require gradients.
  public func release() { values.forEach { _ = $0.requiringGradient(false) } }
}

internal import AnnealTorch

/// An optimizer step that is taken while the backward pass runs.
///
/// A tensor moves as soon as its gradient is complete, and the gradient is let go: no more gradients
/// exist at once than those of one block, and of a head that shares the embedding's table. The
/// values come out as those of a step after the pass, bit for bit, since no gradient depends on a
/// value that has moved: each block is differentiated before it moves, and a shared table moves last.
///
/// The norm of the whole gradient is known only at the end, so gradients cannot be clipped by it. A
/// loss that is not finite moves nothing. Where a block's gradient is not finite, the step ends:
/// that block and all before it stay, the blocks behind it have moved by gradients that were right.
final class StepInBackward: GradientSink {
  private let parameters: TrainedParameters
  private let optimizer: any Optimizer
  private let states: [OptimizerState]
  private let step: OptimizerStep
  private let sums: GradientSums
  /// Σ g² of each tensor that was complete.
  private var squares: [Double]
  private var isComplete: [Bool]
  /// Whether all was finite so far.
  private(set) var isFinite = true
  /// Whether anything has moved.
  private(set) var hasMoved = false

  init(
    _ parameters: TrainedParameters, _ optimizer: any Optimizer, _ states: [OptimizerState],
    _ step: OptimizerStep
  ) {
    self.parameters = parameters
    self.optimizer = optimizer
    self.states = states
    self.step = step
    sums = GradientSums(count: states.count)
    squares = Array(repeating: 0, count: states.count)
    isComplete = Array(repeating: false, count: states.count)
  }

  /// √Σ g², summed in the parameters' order; not a number when the step was not taken in full.
  var norm: Double { isFinite ? squares.reduce(0, +).squareRoot() : .nan }

  func begins(lossSum: Double) -> Bool {
    isFinite = lossSum.isFinite
    return isFinite
  }

  func add(_ gradient: Tensor, at index: Int) { sums.add(gradient, at: index) }

  func completes(_ indices: [Int]) -> Bool {
    let tensors = indices.map { index in
      let master = parameters.masters[index]
      return OptimizedTensor(
        master: master, gradient: sums.take(index, like: master), state: states[index])
    }
    for (index, tensor) in zip(indices, tensors) {
      squares[index] = tensor.gradient.sumOfSquares()
      isComplete[index] = true
      isFinite = isFinite && squares[index].isFinite
    }
    guard isFinite else { return false }
    withoutGradient {
      optimizer.update(tensors, step)
      indices.forEach(parameters.publish)
    }
    hasMoved = hasMoved || !indices.isEmpty
    return true
  }

  /// Moves what no gradient reached by its moments alone, as a step after the pass does.
  func finish() {
    guard isFinite else { return }
    for index in states.indices where !isComplete[index] { _ = completes([index]) }
  }
}

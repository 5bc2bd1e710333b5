internal import AnnealTorch

/// Takes in gradients while a backward pass makes them, last block first.
protocol GradientSink: AnyObject {
  /// The loss is known and nothing else yet; false ends the pass.
  func begins(lossSum: Double) -> Bool
  /// A part of the gradient of trained tensor `index`.
  func add(_ gradient: Tensor, at index: Int)
  /// These tensors' gradients have all their parts; false ends the pass.
  func completes(_ indices: [Int]) -> Bool
  /// Where the gradients of a part of a micro-batch wait until all of it is computed; nil for a sink
  /// that uses gradients at once.
  func makePart() -> GradientSums?
  /// Adds what waited in a part.
  func takeIn(_ part: GradientSums)
}

/// Sums of gradients, in the type they come in as long as there is one part, else float32.
final class GradientSums: GradientSink {
  private var sums: [Tensor?]
  /// Sums that nothing else shares, and that may be added to in place.
  private var isOwn: [Bool]

  init(count: Int) {
    sums = Array(repeating: nil, count: count)
    isOwn = Array(repeating: false, count: count)
  }

  func begins(lossSum: Double) -> Bool { true }

  func add(_ gradient: Tensor, at index: Int) {
    guard let sum = sums[index] else { return sums[index] = gradient }
    let own = isOwn[index] ? sum : sum.dtype == .float32 ? sum.copied() : sum.to(.float32)
    withoutGradient { own.addInPlace(gradient) }
    (sums[index], isOwn[index]) = (own, true)
  }

  func completes(_ indices: [Int]) -> Bool { true }

  func makePart() -> GradientSums? { GradientSums(count: sums.count) }

  func takeIn(_ part: GradientSums) {
    for (index, gradient) in part.sums.enumerated() {
      if let gradient { add(gradient, at: index) }
    }
  }

  /// Gives the sum away; zeros where there was no gradient.
  func take(_ index: Int, like master: Tensor) -> Tensor {
    defer { sums[index] = nil }
    return sums[index] ?? .zeros(master.shape, .float32, on: master.device)
  }
}

internal import AnnealTorch

/// Takes in gradients while a backward pass makes them, last block first.
protocol GradientSink: AnyObject {
  /// The loss is known and nothing else yet; false ends the pass.
  func begins(lossSum: Double) -> Bool
  /// A part of the gradient of trained tensor `index`.
  func add(_ gradient: Tensor, at index: Int)
  /// These tensors' gradients have all their parts; false ends the pass.
  func completes(_ indices: [Int]) -> Bool
}

/// Sums of gradients, in the type they come in as long as there is one part, else float32.
final class GradientSums: GradientSink {
  private var sums: [Tensor?]
  /// Sums that nothing else shares, and that may be added to in place.
  private var isOwn: [Bool]
  private let keepsComplete: Bool

  /// No gradients yet.
  ///
  /// - Parameter keepsComplete: false drops gradients that are complete, to try how much memory a pass
  ///   takes.
  init(count: Int, keepsComplete: Bool = true) {
    self.keepsComplete = keepsComplete
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

  func completes(_ indices: [Int]) -> Bool {
    if !keepsComplete { indices.forEach { sums[$0] = nil } }
    return true
  }

  /// Adds what `part` holds, which is empty then.
  func add(_ part: GradientSums) {
    for index in sums.indices {
      if let gradient = part.sums[index] { add(gradient, at: index) }
      part.sums[index] = nil
    }
  }

  /// Lets all of it go.
  func drop() { sums = sums.map { _ in nil } }

  /// Gives the sum away; zeros where there was no gradient.
  func take(_ index: Int, like master: Tensor) -> Tensor {
    defer { sums[index] = nil }
    return sums[index] ?? .zeros(master.shape, .float32, on: master.device)
  }
}

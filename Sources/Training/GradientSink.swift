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
  private enum Sum {
    case none
    /// One part, which something else may share.
    case part(Tensor)
    /// Several, in a tensor that nothing else shares: it may be added to in place.
    case own(Tensor)

    var tensor: Tensor? {
      switch self {
      case .none: nil
      case .part(let sum), .own(let sum): sum
      }
    }
  }

  private var sums: [Sum]
  private let keepsComplete: Bool

  /// No gradients yet.
  ///
  /// - Parameter keepsComplete: false drops gradients that are complete, to try how much memory a pass
  ///   takes.
  init(count: Int, keepsComplete: Bool = true) {
    self.keepsComplete = keepsComplete
    sums = Array(repeating: .none, count: count)
  }

  /// Zeros, as large as the sums that a pass finds after `earlier` others, at least one.
  init(after earlier: Int, of parameters: TrainedParameters) {
    keepsComplete = true
    sums = parameters.values.map { value in
      earlier > 1
        ? .own(.zeros(value.shape, .float32, on: value.device))
        : .part(.zeros(value.shape, value.dtype, on: value.device))
    }
  }

  /// What the sums take.
  var byteCount: Int {
    sums.reduce(0) { bytes, sum in
      bytes + (sum.tensor.map { $0.count * $0.dtype.bytes } ?? 0)
    }
  }

  func begins(lossSum: Double) -> Bool { true }

  func add(_ gradient: Tensor, at index: Int) {
    let own: Tensor
    switch sums[index] {
    case .none: return sums[index] = .part(gradient)
    case .part(let sum): own = sum.dtype == .float32 ? sum.copied() : sum.to(.float32)
    case .own(let sum): own = sum
    }
    withoutGradient { own.addInPlace(gradient) }
    sums[index] = .own(own)
  }

  func completes(_ indices: [Int]) -> Bool {
    if !keepsComplete { indices.forEach { sums[$0] = .none } }
    return true
  }

  /// Adds what `part` holds, which is empty then.
  func add(_ part: GradientSums) {
    for index in sums.indices {
      if let gradient = part.sums[index].tensor { add(gradient, at: index) }
      part.sums[index] = .none
    }
  }

  /// Lets all of it go.
  func drop() { sums = sums.map { _ in .none } }

  /// Gives the sum away; zeros where there was no gradient.
  func take(_ index: Int, like master: Tensor) -> Tensor {
    defer { sums[index] = .none }
    return sums[index].tensor ?? .zeros(master.shape, .float32, on: master.device)
  }
}

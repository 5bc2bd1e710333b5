internal import CTorch

extension Tensor {
  /// Asks for gradients of this tensor from now on (or no longer); returns itself.
  ///
  /// Only for tensors that no recorded operation made.
  @discardableResult
  public func requiringGradient(_ flag: Bool = true) -> Tensor {
    Tensor.perform(on: [self]) { ct_set_requires_gradient(pointer, flag) }
    return self
  }

  /// The same values without their history, sharing storage.
  public func detached() -> Tensor { Tensor.make(of: [self]) { ct_detach(pointer, $0) } }

  /// Gradients of `Σ outputs · seeds` with respect to `inputs`, nil for inputs that take no part.
  ///
  /// Frees the recorded operations. Nothing is accumulated anywhere: a failure leaves nothing half
  /// done.
  ///
  /// - Parameters:
  ///   - outputs: results of recorded operations.
  ///   - seeds: the gradient of the final objective at each output, in the output's shape.
  ///   - inputs: tensors that require gradients.
  public static func gradients(
    of outputs: [Tensor], seeds: [Tensor], for inputs: [Tensor]
  ) -> [Tensor?] {
    guard outputs.count == seeds.count else {
      CheckedScope.report(
        TorchError(
          .invalid, operation: "gradients",
          message: "\(outputs.count) outputs need as many seeds, not \(seeds.count)"))
      return inputs.map { _ in nil }
    }
    var made = [OpaquePointer?](repeating: nil, count: inputs.count)
    perform(on: outputs + seeds + inputs) {
      ct_gradients(
        outputs.map(\.pointer), seeds.map(\.pointer), Int64(outputs.count), inputs.map(\.pointer),
        Int64(inputs.count), &made)
    }
    return made.map { $0.map { Tensor(owning: $0) } }
  }
}

/// Runs `body` without recording operations for gradients.
public func withoutGradient<R>(_ body: () throws -> R) rethrows -> R {
  try recordingGradient(false, body)
}

/// Runs `body` recording operations for gradients, also inside `withoutGradient`.
public func withGradient<R>(_ body: () throws -> R) rethrows -> R {
  try recordingGradient(true, body)
}

private func recordingGradient<R>(_ enabled: Bool, _ body: () throws -> R) rethrows -> R {
  let before = ct_gradient_enabled()
  ct_enable_gradient(enabled)
  defer { ct_enable_gradient(before) }
  return try body()
}

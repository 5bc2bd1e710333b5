internal import CTorch
public import AnnealFiles

/// A tensor operation that failed: what it was, what it was given, and what libtorch said.
public struct TorchError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable {
    /// The operands do not fit the operation.
    case invalid
    /// A device's memory, or the CPU's budget, is used up.
    case outOfMemory
    /// Something else went wrong inside.
    case `internal`
  }

  /// The kind of failure.
  public let code: Code
  /// The operation's name, such as `matmul`.
  public let operation: String
  /// The operands' kinds and shapes, such as `float32[2, 3]`.
  public let operands: [String]
  /// What libtorch said.
  public let message: String

  /// `matmul(float32[2, 3], float32[2, 3]): …`.
  public var description: String {
    "\(operation)(\(operands.joined(separator: ", "))): \(message)"
  }

  /// A failure described by hand.
  public init(_ code: Code, operation: String, operands: [String] = [], message: String) {
    self.code = code
    self.operation = operation
    self.operands = operands
    self.message = message
  }

  /// Takes over and releases the bridge's error.
  init(releasing error: OpaquePointer, operands: [Tensor]) {
    switch Int(ct_error_code(error)) {
    case Int(CT_INVALID): code = .invalid
    case Int(CT_OUT_OF_MEMORY): code = .outOfMemory
    default: code = .internal
    }
    operation = String(cString: ct_error_operation(error))
    message = String(cString: ct_error_message(error))
    self.operands = operands.map(\.summary)
    ct_error_release(error)
  }
}

extension AnnealError {
  /// The failure of a tensor operation, as the rest of the program reports failures.
  public init(_ error: TorchError) {
    switch error.code {
    case .outOfMemory:
      self.init(
        .outOfMemory, error.message,
        remedy: "Use a smaller model, a lower lora_rank or fewer tokens a batch, set "
          + "gradient_checkpointing: full, or raise memory_limit where it is below what there is.")
    case .invalid, .internal:
      self.init(.failed, "\(error)", cause: error)
    }
  }
}

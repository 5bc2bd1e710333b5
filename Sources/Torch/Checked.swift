private import Synchronization

/// The innermost `Torch.checked` scope and the first failure in it.
///
/// A task-local value: scopes of different tasks do not see each other.
final class CheckedScope: Sendable {
  @TaskLocal static var current: CheckedScope?

  private let first: Mutex<TorchError?>

  /// A scope inside another starts with the other's failure, and so does nothing after it.
  init(inside outer: CheckedScope?) { first = Mutex(outer?.failure) }

  var failure: TorchError? { first.withLock { $0 } }

  func record(_ error: TorchError) {
    first.withLock { if $0 == nil { $0 = error } }
  }

  /// Whether operations should reach libtorch: not after a failure in this scope.
  static var isIntact: Bool { current.map { $0.failure == nil } ?? true }

  /// Records `error` in the scope, or stops the process when there is none: outside a scope a
  /// failed operation is a programming error, as an index out of range is.
  static func report(_ error: TorchError) {
    guard let current else { fatalError(error.description) }
    current.record(error)
  }
}

extension Torch {
  /// Whether no operation of the innermost scope has failed yet.
  ///
  /// For what must not be done by halves inside a scope, such as adding to what outlives it.
  public static var isIntact: Bool { CheckedScope.isIntact }

  /// Runs tensor mathematics so that its first failure is thrown.
  ///
  /// Operations do not throw one by one. Inside this scope the first failed operation is recorded,
  /// later ones fall through without reaching libtorch and return empty tensors, and the scope
  /// throws a `TorchError` at its end. Outside any scope a failed operation stops the process.
  /// Scopes nest; an error that `body` throws passes through unless an operation failed before it.
  public static func checked<R>(_ body: () throws -> R) throws -> R {
    let scope = CheckedScope(inside: CheckedScope.current)
    let result = Result { try CheckedScope.$current.withValue(scope) { try body() } }
    if let failure = scope.failure { throw failure }
    return try result.get()
  }
}

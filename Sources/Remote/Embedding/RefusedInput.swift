public import AnnealFiles

/// A text that an embedder's server does not take, though it takes others.
public struct RefusedInput: Error {
  /// The text's place among those that were given.
  public let place: Int
  /// What the server said.
  public let failure: AnnealError
}

public import AnnealTorch

/// A table of `V` vectors of width `D`, looked up by token id.
public final class Embedding {
  /// The table, `[V, D]`.
  public let weight: Weight

  /// Loads a table.
  public init(_ vocabularySize: Int, _ width: Int, _ weights: Weights) throws {
    weight = try weights.weight("weight", [vocabularySize, width])
  }

  /// The vectors of `ids`, `[N]` → `[N, D]`.
  public func callAsFunction(_ ids: Tensor) -> Tensor {
    defer { weight.letGo() }
    return embedding(ids, weight.value)
  }
}

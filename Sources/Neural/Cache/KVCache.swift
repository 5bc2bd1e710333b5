internal import AnnealTorch

/// Keys and values of one document's earlier tokens, a pair of tensors a layer.
///
/// Room is made once for `capacity` tokens and doubled when it is outgrown:
/// `2 · layers · capacity · K · E` values.
public final class KVCache {
  /// Tokens held.
  public var count: Int { lengths.first ?? 0 }
  private var keys: [Tensor?]
  private var values: [Tensor?]
  private var lengths: [Int]
  private var capacity: Int

  /// An empty cache with room for `capacity` tokens.
  public init(layers: Int, capacity: Int = 256) {
    keys = Array(repeating: nil, count: layers)
    values = keys
    lengths = Array(repeating: 0, count: layers)
    self.capacity = max(1, capacity)
  }

  /// Forgets every token from `count` on, for a prompt that shares a beginning with the last one.
  public func truncate(to count: Int) {
    lengths = lengths.map { min($0, count) }
  }

  /// Appends `[T, K, E]` keys and values of a layer.
  ///
  /// - Returns: all of the layer's, `[S, K, E]` each.
  func append(_ k: Tensor, _ v: Tensor, layer: Int) -> (keys: Tensor, values: Tensor) {
    let added = k.size(0)
    let length = lengths[layer]
    while capacity < length + added { capacity *= 2 }
    let allKeys = room(keys[layer], like: k, length: length)
    let allValues = room(values[layer], like: v, length: length)
    allKeys.narrow(0, length, added).copy(from: k)
    allValues.narrow(0, length, added).copy(from: v)
    (keys[layer], values[layer], lengths[layer]) = (allKeys, allValues, length + added)
    return (allKeys.narrow(0, 0, length + added), allValues.narrow(0, 0, length + added))
  }

  private func room(_ held: Tensor?, like tokens: Tensor, length: Int) -> Tensor {
    if let held, held.size(0) >= capacity { return held }
    let larger = Tensor.zeros(
      [capacity, tokens.size(1), tokens.size(2)], tokens.dtype, on: tokens.device)
    if let held, length > 0 { larger.narrow(0, 0, length).copy(from: held.narrow(0, 0, length)) }
    return larger
  }
}

internal import CTorch

/// The rows of `table` `[V, D]` that `ids` `[…]` (int64) name, `[…, D]`.
public func embedding(_ ids: Tensor, _ table: Tensor) -> Tensor {
  Tensor.make(of: [ids, table]) { ct_embedding(table.pointer, ids.pointer, $0) }
}

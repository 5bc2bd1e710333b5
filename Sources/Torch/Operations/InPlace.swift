internal import CTorch

/// Changes in place. They are never recorded for gradients and are seen through every tensor that
/// shares the storage.
extension Tensor {
  /// Overwrites all values by those of `source`, converted.
  public func copy(from source: Tensor) {
    Tensor.perform(on: [self, source]) { ct_copy_in_place(pointer, source.pointer) }
  }

  /// Overwrites all values by `value`.
  public func fill(_ value: Double) {
    Tensor.perform(on: [self]) { ct_fill_in_place(pointer, value) }
  }

  /// Overwrites all values by 0.
  public func zero() { fill(0) }

  /// Adds `scale · other`.
  public func addInPlace(_ other: Tensor, scale: Double = 1) {
    Tensor.perform(on: [self, other]) { ct_add_in_place(pointer, other.pointer, scale) }
  }

  /// Multiplies by `factor`.
  public func scaleInPlace(_ factor: Double) {
    Tensor.perform(on: [self]) { ct_scale_in_place(pointer, factor) }
  }

  /// Overwrites the slices of `dimension` that `indices` (int64) name by those of `source`.
  public func indexCopyInPlace(_ dimension: Int, _ indices: Tensor, from source: Tensor) {
    Tensor.perform(on: [self, indices, source]) {
      ct_index_copy_in_place(pointer, Int64(dimension), indices.pointer, source.pointer)
    }
  }
}

internal import CTorch

extension Tensor {
  /// `length` slices of `dimension` from `start` on, sharing storage.
  public func narrow(_ dimension: Int, _ start: Int, _ length: Int) -> Tensor {
    Tensor.make(of: [self]) {
      ct_narrow(pointer, Int64(dimension), Int64(start), Int64(length), $0)
    }
  }

  /// One slice of `dimension`, without that dimension, sharing storage.
  public func select(_ dimension: Int, _ index: Int) -> Tensor {
    Tensor.make(of: [self]) { ct_select(pointer, Int64(dimension), Int64(index), $0) }
  }

  /// The slices of `dimension` that `indices` (one dimension, int64) name, copied.
  public func indexSelect(_ dimension: Int, _ indices: Tensor) -> Tensor {
    Tensor.make(of: [self, indices]) {
      ct_index_select(pointer, Int64(dimension), indices.pointer, $0)
    }
  }

  /// For each place of `indices`, the value at that index of `dimension`.
  public func gather(_ dimension: Int, _ indices: Tensor) -> Tensor {
    Tensor.make(of: [self, indices]) {
      ct_gather(pointer, Int64(dimension), indices.pointer, $0)
    }
  }

  /// A copy in which `values` stand where `indices` say along `dimension`: the inverse of `gather`.
  public func scattered(_ dimension: Int, _ indices: Tensor, _ values: Tensor) -> Tensor {
    Tensor.make(of: [self, indices, values]) {
      ct_scatter(pointer, Int64(dimension), indices.pointer, values.pointer, $0)
    }
  }

  /// A copy to whose slices at `indices` (one dimension, int64) those of `values` are added.
  public func indexAdd(_ dimension: Int, _ indices: Tensor, _ values: Tensor) -> Tensor {
    Tensor.make(of: [self, indices, values]) {
      ct_index_add(pointer, Int64(dimension), indices.pointer, values.pointer, $0)
    }
  }

  /// A copy with `value` where `mask` is true.
  public func filled(where mask: Tensor, with value: Double) -> Tensor {
    Tensor.make(of: [self, mask]) { ct_masked_fill(pointer, mask.pointer, value, $0) }
  }

  /// `a` where `condition` is true, else `b`.
  public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    make(of: [condition, a, b]) { ct_where(condition.pointer, a.pointer, b.pointer, $0) }
  }

  /// Zeros below diagonal number `diagonal` of the last two dimensions.
  public func triu(_ diagonal: Int = 0) -> Tensor {
    Tensor.make(of: [self]) { ct_triangle(pointer, Int64(diagonal), true, $0) }
  }

  /// Zeros above diagonal number `diagonal` of the last two dimensions.
  public func tril(_ diagonal: Int = 0) -> Tensor {
    Tensor.make(of: [self]) { ct_triangle(pointer, Int64(diagonal), false, $0) }
  }
}

internal import CTorch

extension Tensor {
  /// The same values under another shape, sharing storage; one extent may be -1, the rest.
  public func view(_ shape: Int...) -> Tensor { view(shape) }

  /// The same values under another shape, sharing storage; one extent may be -1, the rest.
  public func view(_ shape: [Int]) -> Tensor {
    Tensor.make(of: [self]) { ct_view(pointer, wide(shape), Int64(shape.count), $0) }
  }

  /// The same values under another shape, copied only where strides require it.
  public func reshaped(_ shape: [Int]) -> Tensor {
    Tensor.make(of: [self]) { ct_reshape(pointer, wide(shape), Int64(shape.count), $0) }
  }

  /// Extents of 1 repeated to `shape` without copying; -1 keeps an extent.
  public func expanded(_ shape: [Int]) -> Tensor {
    Tensor.make(of: [self]) { ct_expand(pointer, wide(shape), Int64(shape.count), $0) }
  }

  /// Dimensions `a` and `b` exchanged, sharing storage.
  public func transposed(_ a: Int, _ b: Int) -> Tensor {
    Tensor.make(of: [self]) { ct_transpose(pointer, Int64(a), Int64(b), $0) }
  }

  /// Dimensions in another order, sharing storage.
  public func permuted(_ order: Int...) -> Tensor {
    Tensor.make(of: [self]) { ct_permute(pointer, wide(order), Int64(order.count), $0) }
  }

  /// A new dimension of extent 1 at `dimension`.
  public func unsqueezed(_ dimension: Int) -> Tensor {
    Tensor.make(of: [self]) { ct_unsqueeze(pointer, Int64(dimension), $0) }
  }

  /// Without dimension `dimension`, if its extent is 1.
  public func squeezed(_ dimension: Int) -> Tensor {
    Tensor.make(of: [self]) { ct_squeeze(pointer, Int64(dimension), $0) }
  }

  /// In row-major order without gaps; itself where it already is.
  public func contiguous() -> Tensor {
    Tensor.make(of: [self]) { ct_contiguous(pointer, $0) }
  }

  /// A copy with its own storage.
  public func copied() -> Tensor { Tensor.make(of: [self]) { ct_clone(pointer, $0) } }

  /// `tensors` one after another along `dimension`.
  public static func concatenated(_ tensors: [Tensor], dimension: Int = 0) -> Tensor {
    make(of: tensors) {
      ct_concatenate(tensors.map(\.pointer), Int64(tensors.count), Int64(dimension), $0)
    }
  }

  /// `tensors` of one shape side by side along a new dimension.
  public static func stacked(_ tensors: [Tensor], dimension: Int = 0) -> Tensor {
    make(of: tensors) {
      ct_stack(tensors.map(\.pointer), Int64(tensors.count), Int64(dimension), $0)
    }
  }

  /// Parts of the given lengths along `dimension`, sharing storage.
  public func split(_ lengths: [Int], dimension: Int = 0) -> [Tensor] {
    var start = 0
    return lengths.map { length in
      defer { start += length }
      return narrow(dimension, start, length)
    }
  }

  /// Each slice of `dimension` repeated `repeats` times in a row.
  public func repeatInterleave(_ repeats: Int, dimension: Int) -> Tensor {
    Tensor.make(of: [self]) {
      ct_repeat_interleave(pointer, Int64(repeats), Int64(dimension), $0)
    }
  }

  /// The order of `dimension` reversed.
  public func flipped(_ dimension: Int) -> Tensor {
    Tensor.make(of: [self]) { ct_flip(pointer, Int64(dimension), $0) }
  }

  /// Values as `dtype`; itself where they already are.
  public func to(_ dtype: DType) -> Tensor {
    Tensor.make(of: [self]) { ct_to_dtype(pointer, dtype.code, $0) }
  }

  /// Values on `device`; itself where they already are.
  public func to(_ device: Device) -> Tensor {
    Tensor.make(of: [self]) { ct_to_device(pointer, device.bridged, $0) }
  }
}

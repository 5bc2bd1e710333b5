internal import CTorch

extension Tensor {
  private func reduced(_ operation: ct_reduction) -> Tensor {
    Tensor.make(of: [self]) { ct_reduce(operation, pointer, $0) }
  }

  private func reduced(_ operation: ct_reduction, _ dimension: Int, _ keep: Bool) -> Tensor {
    Tensor.make(of: [self]) { ct_reduce_along(operation, pointer, Int64(dimension), keep, $0) }
  }

  /// The sum of all values, `[]`.
  public func sum() -> Tensor { reduced(CT_SUM) }
  /// The mean of all values, `[]`.
  public func mean() -> Tensor { reduced(CT_MEAN) }
  /// The greatest value, `[]`.
  public func max() -> Tensor { reduced(CT_MAX) }
  /// The smallest value, `[]`.
  public func min() -> Tensor { reduced(CT_MIN) }
  /// The square root of the sum of squares, accumulated and returned in float32, `[]`.
  public func norm() -> Tensor { reduced(CT_NORM) }

  /// The sum of squares, waited for.
  ///
  /// In float32 within a few thousand values and in float64 over them, in an order that does not
  /// depend on the number of threads; nothing as large as the tensor is made.
  public func sumOfSquares() -> Double {
    var sum = 0.0
    Tensor.perform(on: [self]) { ct_sum_of_squares(pointer, &sum) }
    return sum
  }

  /// Sums along `dimension`, which `keep` leaves with extent 1.
  public func sum(_ dimension: Int, keep: Bool = false) -> Tensor {
    reduced(CT_SUM, dimension, keep)
  }
  /// Means along `dimension`, which `keep` leaves with extent 1.
  public func mean(_ dimension: Int, keep: Bool = false) -> Tensor {
    reduced(CT_MEAN, dimension, keep)
  }
  /// Greatest values along `dimension`, which `keep` leaves with extent 1.
  public func max(_ dimension: Int, keep: Bool = false) -> Tensor {
    reduced(CT_MAX, dimension, keep)
  }
  /// Smallest values along `dimension`, which `keep` leaves with extent 1.
  public func min(_ dimension: Int, keep: Bool = false) -> Tensor {
    reduced(CT_MIN, dimension, keep)
  }
  /// Norms along `dimension` in float32, which `keep` leaves with extent 1.
  public func norm(_ dimension: Int, keep: Bool = false) -> Tensor {
    reduced(CT_NORM, dimension, keep)
  }
  /// Places of the greatest values along `dimension`, int64.
  public func argmax(_ dimension: Int, keep: Bool = false) -> Tensor {
    reduced(CT_ARGMAX, dimension, keep)
  }
  /// The logarithm of the sum of exponentials along `dimension`, without overflow.
  public func logSumExp(_ dimension: Int, keep: Bool = false) -> Tensor {
    reduced(CT_LOG_SUM_EXP, dimension, keep)
  }
  /// Exponentials divided by their sum along `dimension`.
  public func softmax(_ dimension: Int) -> Tensor { reduced(CT_SOFTMAX, dimension, true) }
  /// The logarithm of `softmax`, without underflow.
  public func logSoftmax(_ dimension: Int) -> Tensor { reduced(CT_LOG_SOFTMAX, dimension, true) }
  /// Running sums along `dimension`.
  public func cumulativeSum(_ dimension: Int) -> Tensor {
    reduced(CT_CUMULATIVE_SUM, dimension, true)
  }

  /// The `count` greatest values along `dimension`, greatest first, and their places (int64).
  public func topK(_ count: Int, _ dimension: Int = -1) -> (values: Tensor, indices: Tensor) {
    Tensor.pair(of: [self]) { ct_top(pointer, Int64(count), Int64(dimension), $0, $1) }
  }

  /// Values in order along `dimension` and the places they came from (int64); equal values keep
  /// their order.
  public func sorted(
    _ dimension: Int = -1, descending: Bool = false
  ) -> (values: Tensor, indices: Tensor) {
    Tensor.pair(of: [self]) { ct_sort(pointer, Int64(dimension), descending, $0, $1) }
  }
}

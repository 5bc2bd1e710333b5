public import AnnealNeural
public import AnnealTorch

/// The nearest matrix of a low rank, by singular values.
public struct Truncation {
  /// Its factors: `right` `[rank, in]` and `left` `[out, rank]`, with the singular values in `left`.
  public let left: Tensor
  /// Rows with orthonormal directions, `[rank, in]`.
  public let right: Tensor
  /// The singular values that are kept, greatest first.
  public let values: [Float]

  /// A matrix that is not wider nor higher than this is decomposed exactly.
  private static let exactExtent = 1024

  /// The nearest matrix of rank `rank` to `matrix`, `[out, in]`, float32.
  ///
  /// Large ones by a randomised range finder with power iterations, whose result is a function of
  /// `key`. Paper: Halko, Martinsson and Tropp 2011 (arXiv 0909.4061), algorithms 4.4 and 5.1.
  public static func nearest(to matrix: Tensor, rank: Int, key: RandomKey) -> Truncation {
    let least = min(matrix.size(0), matrix.size(1))
    guard least > exactExtent, rank * 4 < least else { return exact(matrix, rank: rank) }
    let width = min(least, rank + max(16, rank / 2))
    let probes = Tensor.normal([matrix.size(1), width], deviation: 1, key: key)
    var range = matrix.matmul(probes).orthonormalColumns().orthonormal
    let transposed = matrix.transposed(0, 1)
    for _ in 0..<4 {
      range = transposed.matmul(range).orthonormalColumns().orthonormal
      range = matrix.matmul(range).orthonormalColumns().orthonormal
    }
    let small = exact(range.transposed(0, 1).matmul(matrix), rank: rank)
    return Truncation(
      left: range.matmul(small.left), right: small.right, values: small.values)
  }

  /// The nearest matrix of rank `rank`, from all singular values.
  public static func exact(_ matrix: Tensor, rank: Int) -> Truncation {
    let (left, values, right) = matrix.singularVectors()
    let kept = min(rank, values.count)
    let scales = values.narrow(0, 0, kept)
    return Truncation(
      left: padded(left.narrow(1, 0, kept) * scales, 1, to: rank),
      right: padded(right.narrow(0, 0, kept), 0, to: rank), values: scales.floats())
  }

  /// The nearest matrix of rank `rank` to `left · right`, `[out, k]` and `[k, in]` with a small `k`;
  /// their product is never made.
  public static func ofProduct(_ left: Tensor, _ right: Tensor, rank: Int) -> Truncation {
    let columns = left.orthonormalColumns()
    let rows = right.transposed(0, 1).orthonormalColumns()
    let small = exact(
      columns.triangular.matmul(rows.triangular.transposed(0, 1)), rank: rank)
    return Truncation(
      left: columns.orthonormal.matmul(small.left),
      right: small.right.matmul(rows.orthonormal.transposed(0, 1)), values: small.values)
  }

  /// The factors as an update.
  ///
  /// - Parameter balances: whether both factors get the root of the singular values, so that neither
  ///   learns faster when they are trained on.
  public func update(balances: Bool = false) -> LowRank {
    guard balances else { return LowRank(a: right, b: left, scale: 1, dropout: 0) }
    let rank = right.size(0)
    let roots = values.map { $0 > 0 ? $0.squareRoot() : 0 }
    let padded = roots + [Float](repeating: 0, count: rank - roots.count)
    let scales = Tensor(padded)
    let inverse = Tensor(padded.map { $0 > 0 ? 1 / $0 : 0 })
    return LowRank(
      a: right * scales.unsqueezed(1), b: left * inverse, scale: 1, dropout: 0)
  }

  /// `x` with zeros behind, to an extent of `length`.
  private static func padded(_ x: Tensor, _ dimension: Int, to length: Int) -> Tensor {
    let missing = length - x.size(dimension)
    guard missing > 0 else { return x }
    var shape = x.shape
    shape[dimension] = missing
    return .concatenated([x, .zeros(shape)], dimension: dimension)
  }
}

/// Smoothing of noisy curves.
enum Smoothing {
  /// A local straight-line fit about each point (LOESS of degree 1, Cleveland 1979).
  ///
  /// Looking to both sides, it does not lag behind a falling curve as a moving average does. A
  /// window spans an eighth of the curve, 7 to 121 points, weighted by the tricube of their
  /// distance; at the ends it keeps its size and reaches further inwards, so that the last few
  /// values alone do not bend the curve.
  static func curve(of values: [Double]) -> [Double] {
    let reach = min(max(values.count / 16, 3), 60)
    return values.indices.map { center in
      let first = max(0, min(center - reach, values.count - 1 - 2 * reach))
      let window = first...min(values.count - 1, first + 2 * reach)
      let width = Double(max(center - window.lowerBound, window.upperBound - center, reach) + 1)
      var (w, wx, wxx, wy, wxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for index in window {
        let x = Double(index - center)
        let distance = abs(x) / width
        let root = 1 - distance * distance * distance
        let weight = root * root * root
        w += weight
        wx += weight * x
        wxx += weight * x * x
        wy += weight * values[index]
        wxy += weight * x * values[index]
      }
      let determinant = w * wxx - wx * wx
      return determinant > 1e-12 ? (wxx * wy - wx * wxy) / determinant : wy / w
    }
  }
}

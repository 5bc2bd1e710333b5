/// One plot of a chart: curves over the same steps, with an axis of its own.
struct Panel: Sendable {
  /// How a curve is drawn.
  enum Style: Sendable {
    /// A faint line behind others, for values as measured.
    case faint
    /// A strong line.
    case line
    /// A strong line with a dot at each value.
    case dots
  }

  /// A named curve.
  struct Series: Sendable {
    var name: String
    /// The class of its colour: `train`, `eval`, `rate` or `speed`.
    var color: String
    var style: Style
    var points: [(x: Double, y: Double)]
  }

  /// A vertical line with a word beside it.
  struct Mark: Sendable {
    var x: Double
    var label: String
  }

  var title: String
  var series: [Series]
  var height: Double
  var axis: Axis
  var marks: [Mark] = []
  /// How values are written at the axis.
  var label: @Sendable (Double) -> String
}

extension Panel.Series {
  /// At most about `limit` points that look the same: of each stretch the lowest and the highest.
  func thinned(to limit: Int) -> [(x: Double, y: Double)] {
    guard points.count > limit, limit >= 4 else { return points }
    let stretch = (points.count * 2 + limit - 1) / limit
    var kept: [(x: Double, y: Double)] = []
    for start in stride(from: 0, to: points.count, by: stretch) {
      let part = points[start..<min(start + stretch, points.count)]
      guard let low = part.min(by: { $0.y < $1.y }), let high = part.max(by: { $0.y < $1.y }) else {
        continue
      }
      kept += low.x == high.x ? [low] : low.x < high.x ? [low, high] : [high, low]
    }
    if let last = points.last, kept.last?.x != last.x { kept.append(last) }
    return kept
  }
}

internal import AnnealEvaluation

/// Shares from 0 to 100 % with their intervals, those of two models below one another.
struct IntervalPlot {
  /// A measure of both models.
  struct Row {
    var name: String
    var base: Interval
    var tuned: Interval
  }

  let rows: [Row]

  private let left = 150.0
  private let width = 560.0
  private let rowHeight = 58.0

  private var height: Double { Double(rows.count) * rowHeight + 34 }

  /// The drawing as an SVG element; nothing for no rows.
  var element: String {
    guard !rows.isEmpty else { return "" }
    let drawn = rows.enumerated().map { index, row in
      let top = 12 + Double(index) * rowHeight
      return text(row.name, x: 0, y: top + 26, kind: "name")
        + whisker(row.base, y: top + 14, kind: "base")
        + whisker(row.tuned, y: top + 36, kind: "tuned")
    }.joined(separator: "\n")
    return """
      <svg class="intervals" viewBox="0 0 800 \(height.fixed(0))" width="100%" role="img" \
      aria-label="Scores of both models with their 95 % intervals">
      \(grid)
      \(drawn)
      </svg>
      """
  }

  private var grid: String {
    stride(from: 0.0, through: 1, by: 0.25).map { share in
      let x = place(share)
      return
        "<line class=\"grid\" x1=\"\(x)\" y1=\"8\" x2=\"\(x)\" y2=\"\((height - 22).fixed(1))\"/>"
        + text("\((100 * share).fixed(0)) %", x: left + share * width, y: height - 6, kind: "tick")
    }.joined(separator: "\n")
  }

  /// The interval as a bar, the mean as a dot, the mean's value beside them.
  private func whisker(_ interval: Interval, y: Double, kind: String) -> String {
    let (low, mean, high) = (place(interval.low), place(interval.mean), place(interval.high))
    let after = left + min(1, max(0, interval.high)) * width + 12
    return
      "<line class=\"\(kind)\" x1=\"\(low)\" y1=\"\(y.fixed(1))\" x2=\"\(high)\" y2=\"\(y.fixed(1))\"/>"
      + "<circle class=\"\(kind)\" cx=\"\(mean)\" cy=\"\(y.fixed(1))\" r=\"5\"/>"
      + text("\(kind) \((100 * interval.mean).fixed(1))", x: after, y: y + 4, kind: "value")
  }

  private func place(_ share: Double) -> String {
    (left + min(1, max(0, share)) * width).fixed(1)
  }

  private func text(_ text: String, x: Double, y: Double, kind: String) -> String {
    "<text class=\"\(kind)\" x=\"\(x.fixed(1))\" y=\"\(y.fixed(1))\">\(Markup.escaped(text))</text>"
  }
}

/// Panels above one another over one axis of steps, drawn as SVG.
///
/// The drawing needs no script, no font file and no outside resource; its colours follow the
/// reader's light or dark setting.
struct Chart: Sendable {
  var title: String
  var subtitle: String
  /// What the drawing shows, for readers who cannot see it.
  var description: String
  var panels: [Panel]
  var steps: Axis
  var stepLabel = "optimizer step"
  /// Faint vertical lines in all panels, such as the ends of epochs.
  var dividers: [Panel.Mark] = []

  private static let width = 960.0
  private static let left = 76.0
  private static let right = 28.0
  private static let header = 66.0
  private static let gap = 54.0
  private static let footer = 50.0
  private static var plotWidth: Double { width - left - right }

  /// The drawing as a whole SVG document.
  var svg: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element }

  /// The drawing as an `svg` element, to stand inside a page.
  var element: String {
    let height =
      Self.header + panels.reduce(0) { $0 + $1.height + Self.gap } - Self.gap + Self.footer
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" class="anneal-chart" role="img" \
      viewBox="0 0 \(Self.n(Self.width)) \(Self.n(height))" width="100%" \
      style="max-width:\(Self.n(Self.width))px" font-family="system-ui, -apple-system, 'Segoe UI', \
      Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif">
      <title>\(Markup.escaped(title))</title>
      <desc>\(Markup.escaped(description))</desc>
      <style>\(Self.style)</style>
      <rect class="paper" width="\(Self.n(Self.width))" height="\(Self.n(height))" rx="10"/>
      <text class="title" x="\(Self.n(24))" y="30">\(Markup.escaped(title))</text>
      <text class="note" x="\(Self.n(24))" y="50">\(Markup.escaped(subtitle))</text>

      """
    var top = Self.header + 26
    for (index, panel) in panels.enumerated() {
      text += draw(panel, index: index, top: top, isLast: index == panels.count - 1)
      top += panel.height + Self.gap
    }
    return text + "</svg>\n"
  }

  private func draw(_ panel: Panel, index: Int, top: Double, isLast: Bool) -> String {
    let plot = panel.height - 26
    let clip = "anneal-clip-\(index)"
    var text = """
      <g>
      <text class="name" x="\(Self.n(Self.left))" y="\(Self.n(top - 10))">\
      \(Markup.escaped(panel.title))</text>

      """
    text += legend(panel, y: top - 14)
    text += grid(panel, top: top, height: plot, isLast: isLast)
    text += """
      <clipPath id="\(clip)"><rect x="\(Self.n(Self.left - 5))" y="\(Self.n(top - 5))" \
      width="\(Self.n(Self.plotWidth + 10))" height="\(Self.n(plot + 10))"/></clipPath>
      <g clip-path="url(#\(clip))">

      """
    for series in panel.series { text += curve(series, panel.axis, top: top, height: plot) }
    text += "</g>\n"
    for mark in panel.marks { text += self.mark(mark, top: top, height: plot) }
    return text + "</g>\n"
  }

  private func grid(_ panel: Panel, top: Double, height: Double, isLast: Bool) -> String {
    let (left, right) = (Self.left, Self.left + Self.plotWidth)
    var text = ""
    for divider in dividers {
      let x = self.x(divider.x)
      text += Self.line("divider", x, top, x, top + height)
      if panel.title == panels.first?.title, !divider.label.isEmpty {
        text +=
          "<text class=\"tick\" x=\"\(Self.n(x - 4))\" y=\"\(Self.n(top + height - 6))\" "
          + "text-anchor=\"end\">\(Markup.escaped(divider.label))</text>\n"
      }
    }
    for value in panel.axis.ticks(max(3, Int(height / 31))) {
      let y = self.y(value, panel.axis, top: top, height: height)
      text += Self.line("grid", left, y, right, y)
      text +=
        "<text class=\"tick\" x=\"\(Self.n(left - 9))\" y=\"\(Self.n(y + 4))\" "
        + "text-anchor=\"end\">\(Markup.escaped(panel.label(value)))</text>\n"
    }
    text += Self.line("axis", left, top + height, right, top + height)
    for value in steps.ticks(9) where value == value.rounded() {
      let x = self.x(value)
      text += Self.line("axis", x, top + height, x, top + height + 4)
      text +=
        "<text class=\"tick\" x=\"\(Self.n(x))\" y=\"\(Self.n(top + height + 18))\" "
        + "text-anchor=\"middle\">\(value.grouped)</text>\n"
    }
    if isLast {
      text +=
        "<text class=\"tick\" x=\"\(Self.n((left + right) / 2))\" "
        + "y=\"\(Self.n(top + height + 38))\" text-anchor=\"middle\">\(stepLabel)</text>\n"
    }
    return text
  }

  private func curve(
    _ series: Panel.Series, _ axis: Axis, top: Double, height: Double
  ) -> String {
    let points = series.thinned(to: 900).filter { $0.y.isFinite && $0.x.isFinite }.map {
      (x: x($0.x), y: y($0.y, axis, top: top, height: height))
    }
    guard let first = points.first else { return "" }
    var path = "M\(Self.n(first.x)) \(Self.n(first.y))"
    for point in points.dropFirst() { path += "L\(Self.n(point.x)) \(Self.n(point.y))" }
    let style = series.style == .faint ? "faint" : "strong"
    var text = ""
    if points.count > 1 { text += "<path class=\"\(series.color) \(style)\" d=\"\(path)\"/>\n" }
    // A single value is a dot, or it would not be seen.
    if series.style == .dots || (points.count == 1 && series.style == .line) {
      let radius = points.count > 60 ? 2.0 : 3.4
      for point in points {
        text +=
          "<circle class=\"\(series.color) dot\" cx=\"\(Self.n(point.x))\" "
          + "cy=\"\(Self.n(point.y))\" r=\"\(Self.n(radius))\"/>\n"
      }
    }
    return text
  }

  private func mark(_ mark: Panel.Mark, top: Double, height: Double) -> String {
    let x = self.x(mark.x)
    // The word stands on the side with more room.
    let isLeft = x > Self.left + Self.plotWidth * 0.6
    return Self.line("mark", x, top, x, top + height)
      + "<text class=\"mark-name\" x=\"\(Self.n(isLeft ? x - 7 : x + 7))\" "
      + "y=\"\(Self.n(top + 12))\" text-anchor=\"\(isLeft ? "end" : "start")\">"
      + "\(Markup.escaped(mark.label))</text>\n"
  }

  /// Swatches and names, from the right.
  private func legend(_ panel: Panel, y: Double) -> String {
    guard panel.series.count > 1 else { return "" }
    var text = ""
    var x = Self.left + Self.plotWidth
    for series in panel.series.reversed() {
      x -= Double(series.name.count) * 6.6
      text +=
        "<text class=\"tick\" x=\"\(Self.n(x))\" y=\"\(Self.n(y + 4))\">"
        + "\(Markup.escaped(series.name))</text>\n"
      x -= 30
      let style = series.style == .faint ? "faint" : "strong"
      text +=
        "<path class=\"\(series.color) \(style)\" "
        + "d=\"M\(Self.n(x)) \(Self.n(y))L\(Self.n(x + 22)) \(Self.n(y))\"/>\n"
      if series.style == .dots {
        text +=
          "<circle class=\"\(series.color) dot\" cx=\"\(Self.n(x + 11))\" "
          + "cy=\"\(Self.n(y))\" r=\"3.4\"/>\n"
      }
      x -= 22
    }
    return text
  }

  private func x(_ step: Double) -> Double { Self.left + steps.position(step) * Self.plotWidth }

  private func y(_ value: Double, _ axis: Axis, top: Double, height: Double) -> Double {
    // Far outside is as good as just outside, and keeps the numbers short.
    top + height * (1 - min(max(axis.position(value), -1), 2))
  }

  private static func line(
    _ name: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double
  ) -> String {
    "<line class=\"\(name)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"/>\n"
  }

  private static func n(_ value: Double) -> String {
    let text = value.fixed(1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

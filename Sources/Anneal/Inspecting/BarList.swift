internal import AnnealDatasets

/// Amounts by name, a bar each.
struct BarList {
  /// A name with its amount.
  struct Bar {
    var name: String
    var count: Int
    /// What stands behind the amount.
    var note = ""
  }

  /// The bars in their order.
  var bars: [Bar]
  /// A word on what is counted, for readers that hear the page.
  var label: String
  /// More bars than these are folded away.
  var shown = 20

  /// The bars of a histogram.
  init(_ histogram: Histogram, label: String) {
    bars = histogram.bins.map { bin in
      let (from, to) = (bin.range.lowerBound, bin.range.upperBound)
      let name = from == to ? Amount.count(from) : "\(Amount.count(from))–\(Amount.count(to))"
      return Bar(name: name, count: bin.count)
    }
    self.label = label
    shown = .max
  }

  init(_ bars: [Bar], label: String) { (self.bars, self.label) = (bars, label) }

  /// The list; nothing for no bars.
  var element: String {
    guard !bars.isEmpty else { return "" }
    let rest = bars.dropFirst(shown)
    guard !rest.isEmpty else { return list(bars[...]) }
    return list(bars.prefix(shown))
      + "<details><summary>\(Amount.count(rest.count)) more</summary>\(list(rest))</details>"
  }

  private func list(_ bars: ArraySlice<Bar>) -> String {
    let most = max(1, self.bars.map(\.count).max() ?? 1)
    let rows = bars.map { bar in
      let share = Double(bar.count) / Double(most) * 100
      // What is not nothing is seen.
      let width = bar.count > 0 ? max(0.4, share) : 0
      return "<span class=\"name\">\(Markup.escaped(bar.name))</span>"
        + "<span class=\"track\"><i style=\"width:\(width.fixed(1))%\"></i></span>"
        + "<span class=\"amount\">\(Amount.count(bar.count))"
        + (bar.note.isEmpty ? "" : " <small>\(Markup.escaped(bar.note))</small>") + "</span>"
    }
    return "<div class=\"bars\" role=\"group\" aria-label=\"\(Markup.escaped(label))\">\n"
      + rows.joined(separator: "\n") + "\n</div>"
  }
}

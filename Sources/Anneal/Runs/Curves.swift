/// The curves of a run: loss, accuracy, learning rate and speed over optimizer steps, as SVG.
public struct Curves: Sendable {
  private let chart: Chart

  /// The curves of `rows`.
  ///
  /// - Parameters:
  ///   - rows: a run's metrics, in the order of steps.
  ///   - title: what was trained, such as the run's name.
  public init(_ rows: [MetricsRow], title: String = "Training run") {
    let lastStep = Double(rows.last?.step ?? 1)
    let panels = [Self.loss(rows), Self.accuracy(rows), Self.rate(rows), Self.speed(rows)]
    chart = Chart(
      title: title, subtitle: Self.subtitle(rows), description: Self.description(rows),
      panels: panels.compactMap { $0 }, steps: Axis(exactly: 0, max(lastStep, 1)),
      dividers: Self.epochs(rows))
  }

  /// The whole SVG document, the content of `curves.svg`.
  public var svg: String { chart.svg }

  /// The same drawing as an element to stand inside a page.
  public var element: String { chart.element }
}

extension Curves {
  private static func points(
    _ rows: [MetricsRow], _ value: (MetricsRow) -> Double?
  ) -> [(x: Double, y: Double)] {
    rows.compactMap { row in
      value(row).flatMap { $0.isFinite ? (Double(row.step), $0) : nil }
    }
  }

  /// Values as measured, faint, and what they come to on average, strong.
  private static func measured(
    _ points: [(x: Double, y: Double)], _ name: String, _ color: String
  ) -> [Panel.Series] {
    if points.isEmpty { return [] }
    let smooth = zip(points, Smoothing.curve(of: points.map(\.y))).map { (x: $0.x, y: $1) }
    // Few points are their own average.
    if points.count < 8 {
      return [.init(name: name, color: color, style: .line, points: points)]
    }
    return [
      .init(name: "\(name), each row", color: color, style: .faint, points: points),
      .init(name: "\(name), smoothed", color: color, style: .line, points: smooth),
    ]
  }

  private static func loss(_ rows: [MetricsRow]) -> Panel? {
    let raw = points(rows, \.loss)
    let evaluated = points(rows, \.evalLoss)
    guard !raw.isEmpty || !evaluated.isEmpty else { return nil }
    var series = measured(raw, "training", "train")
    if !evaluated.isEmpty {
      series.append(.init(name: "evaluation", color: "eval", style: .dots, points: evaluated))
    }
    let shown = trimmed(raw.map(\.y)) + evaluated.map(\.y)
    var marks: [Panel.Mark] = []
    if let best = evaluated.filter({ $0.x > 0 }).min(by: { $0.y < $1.y }) {
      let label = "best: step \(best.x.grouped), \(best.y.brief(4))"
      marks.append(Panel.Mark(x: best.x, label: label))
    }
    return Panel(
      title: "Loss (nats per token)", series: series, height: 330,
      axis: Axis(showing: shown, allowsLogarithm: true), marks: marks, label: { $0.brief(3) })
  }

  private static func accuracy(_ rows: [MetricsRow]) -> Panel? {
    let raw = points(rows) { $0.tokenAccuracy.map { $0 * 100 } }
    let evaluated = points(rows) { $0.evalTokenAccuracy.map { $0 * 100 } }
    guard !raw.isEmpty || !evaluated.isEmpty else { return nil }
    var series = measured(raw, "training", "train")
    if !evaluated.isEmpty {
      series.append(.init(name: "evaluation", color: "eval", style: .dots, points: evaluated))
    }
    return Panel(
      title: "Next-token accuracy (%)", series: series, height: 210,
      axis: Axis(showing: trimmed(raw.map(\.y)) + evaluated.map(\.y)), label: { $0.brief(3) })
  }

  private static func rate(_ rows: [MetricsRow]) -> Panel? {
    let points = points(rows, \.learningRate)
    guard !points.isEmpty else { return nil }
    return Panel(
      title: "Learning rate",
      series: [.init(name: "learning rate", color: "rate", style: .line, points: points)],
      height: 150, axis: Axis(showing: points.map(\.y), includesZero: true),
      label: { $0.scientific() })
  }

  private static func speed(_ rows: [MetricsRow]) -> Panel? {
    let points = points(rows, \.tokensPerSecond)
    guard !points.isEmpty else { return nil }
    return Panel(
      title: "Speed (tokens per second)",
      series: measured(points, "speed", "speed"), height: 150,
      axis: Axis(showing: trimmed(points.map(\.y)), includesZero: true), label: { $0.brief(3) })
  }

  /// The values without the highest hundredth, where that is far off.
  ///
  /// One spike must not flatten the whole curve. What lies above is cut off at the panel's edge.
  private static func trimmed(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    guard sorted.count >= 50, let top = sorted.last else { return sorted }
    let bound = sorted[sorted.count - 1 - sorted.count / 100]
    let span = bound - sorted[0]
    return top > bound + 2 * span ? sorted.filter { $0 <= bound } : sorted
  }

  /// The ends of epochs, when there are few enough to tell apart.
  private static func epochs(_ rows: [MetricsRow]) -> [Panel.Mark] {
    guard let last = rows.last, last.epoch >= 1, last.epoch <= 20, last.step > 0 else { return [] }
    let perEpoch = Double(last.step) / last.epoch
    return (1...max(1, Int(last.epoch + 1e-6))).map { epoch in
      Panel.Mark(
        x: Double(epoch) * perEpoch, label: last.epoch <= 12 ? "epoch \(epoch)" : "")
    }
  }

  private static func subtitle(_ rows: [MetricsRow]) -> String {
    guard let last = rows.last else { return "nothing was measured" }
    var parts = [
      Amount.count(last.step, of: "step"),
      "\(last.epoch.brief(3)) \(last.epoch == 1 ? "epoch" : "epochs")",
    ]
    if last.trainedTokens > 0 {
      parts.append("\(Double(last.trainedTokens).grouped) trained tokens")
    }
    parts.append(Amount.seconds(last.seconds))
    return parts.joined(separator: " · ")
  }

  private static func description(_ rows: [MetricsRow]) -> String {
    var parts = ["Curves of a training run over optimizer steps."]
    let losses = points(rows, \.loss).map(\.y)
    if let first = losses.first, let last = losses.last {
      parts.append("Training loss goes from \(first.brief(3)) to \(last.brief(3)) nats a token.")
    }
    let evaluated = points(rows, \.evalLoss).map(\.y)
    if let first = evaluated.first, let low = evaluated.min() {
      parts.append("Evaluation loss begins at \(first.brief(3)); its lowest is \(low.brief(3)).")
    }
    return parts.joined(separator: " ")
  }
}

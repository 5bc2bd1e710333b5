import Foundation
import Testing

@testable import Anneal

/// Rows of `steps` steps whose losses follow `loss`, shaken a little, evaluated every `every` steps.
func madeUpRows(
  steps: Int, every: Int = 10, loss: (Double) -> Double, evalLoss: (Double) -> Double?
) -> [MetricsRow] {
  (0...steps).map { step in
    let share = Double(step) / Double(steps)
    var row = MetricsRow(
      step: step, epoch: 3 * share, totalTokens: step * 1000, trainedTokens: step * 400,
      seconds: Double(step))
    if step > 0 {
      row.loss = loss(share) * (1 + 0.03 * sin(Double(step * step)))
      row.learningRate = 1e-3 * (1 - share)
      row.tokensPerSecond = 1000
    }
    if step % every == 0 { row.evalLoss = evalLoss(share) }
    return row
  }
}

private func kinds(_ rows: [MetricsRow]) -> [CurveReading.Kind] {
  CurveReading(rows).findings.map(\.kind)
}

@Sendable private func falling(_ share: Double) -> Double { 1 + 2 * exp(-5 * share) }

@Sendable private func never(_ share: Double) -> Double? { nil }

@Suite struct CurveReadingTests {
  @Test func `a rising validation is overfitting and names both steps`() {
    let rows = madeUpRows(
      steps: 400, every: 20, loss: { 3 - 2.5 * $0 }, evalLoss: { 2 + abs($0 - 0.7) * 2 })
    #expect(kinds(rows) == [.learned, .overfitting])
    let sentence = CurveReading(rows).sentences[1]
    #expect(
      sentence.hasPrefix("Validation rises from step 300: overfitting; best kept is step 280"))
  }

  @Test func `a rise of less than one per cent is chance`() {
    let rows = madeUpRows(
      steps: 200, loss: falling, evalLoss: { falling($0) + ($0 == 1 ? 0.009 : 0) })
    #expect(!kinds(rows).contains(.overfitting))
  }

  @Test func `a loss that still falls asks for more, one that leveled off does not`() {
    let still = madeUpRows(steps: 200, loss: { 3 - $0 }, evalLoss: { 3 - $0 })
    #expect(kinds(still) == [.learned, .stillFalling])
    let level = madeUpRows(
      steps: 200, loss: { 1 + 2 * exp(-20 * $0) }, evalLoss: { 1 + 2 * exp(-20 * $0) })
    #expect(kinds(level) == [.learned, .leveled])
  }

  @Test func `a loss that stays where it was is flat`() {
    let rows = madeUpRows(steps: 200, loss: { _ in 2.5 }, evalLoss: { _ in 2.5 })
    #expect(kinds(rows) == [.flat, .notLearned, .leveled])
  }

  @Test func `a loss that grows or is no number has diverged`() {
    let growing = madeUpRows(steps: 200, loss: { 2 + 3 * $0 }, evalLoss: never)
    #expect(kinds(growing) == [.diverged])
    var broken = madeUpRows(steps: 50, loss: falling, evalLoss: never)
    broken[30].loss = .nan
    #expect(!kinds(broken).contains(.diverged))
    for index in 40..<broken.count { broken[index].loss = .nan }
    #expect(CurveReading(broken).sentences[0].contains("not a number from step 40"))
  }

  @Test func `a jump on the way is named with its step`() {
    let rows = madeUpRows(
      steps: 400, loss: { falling($0) + ($0 > 0.5 && $0 < 0.56 ? 2 : 0) }, evalLoss: never)
    #expect(kinds(rows) == [.spike])
  }

  @Test func `a gap between training and evaluation is told`() {
    let rows = madeUpRows(
      steps: 200, loss: { 0.3 + 2 * exp(-20 * $0) }, evalLoss: { 1 + 1.3 * exp(-20 * $0) })
    #expect(kinds(rows) == [.learned, .leveled, .gap])
  }

  @Test func `an evaluation loss near zero is suspected`() {
    let rows = madeUpRows(steps: 100, loss: { 3 * exp(-8 * $0) }, evalLoss: { 3 * exp(-8 * $0) })
    #expect(kinds(rows).contains(.tooGood))
  }

  @Test func `a run that slows down is told`() {
    var rows = madeUpRows(steps: 100, loss: falling, evalLoss: never)
    for index in 60...100 { rows[index].tokensPerSecond = 300 }
    #expect(kinds(rows) == [.slowed])
  }

  @Test func `too few rows say nothing`() {
    #expect(kinds([]) == [.tooShort])
    #expect(kinds(madeUpRows(steps: 5, loss: falling, evalLoss: never)) == [.tooShort])
  }
}

@Suite struct CurvesTests {
  @Test func `the drawing is well-formed and names its axes with units`() throws {
    let rows = madeUpRows(steps: 300, loss: falling, evalLoss: falling)
    let svg = Curves(rows, title: "a < b & \"c\"").svg
    let document = try XMLCheck(svg)
    #expect(document.count("path") >= 5)
    #expect(document.count("circle") >= 31)
    for words in [
      "Loss (nats per token)", "Learning rate", "Speed (tokens per second)", "optimizer step",
      "a &lt; b &amp; &quot;c&quot;", "best: step 300", "epoch 2",
    ] { #expect(svg.contains(words)) }
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func `any run can be drawn`() throws {
    var odd = madeUpRows(steps: 3, every: 1, loss: falling, evalLoss: falling)
    odd[1].loss = .nan
    odd[2].evalLoss = .infinity
    for rows in [[], [MetricsRow(step: 0)], [odd[0]], odd] {
      let svg = Curves(rows).svg
      _ = try XMLCheck(svg)
      #expect(!svg.contains("nan") && !svg.contains("\"inf"))
    }
  }

  @Test func `a long run makes a small drawing`() {
    let rows = madeUpRows(steps: 20_000, every: 1000, loss: falling, evalLoss: falling)
    #expect(Curves(rows).svg.utf8.count < 120_000)
  }

  @Test func `ticks are round numbers inside the axis`() {
    #expect(Axis(exactly: 0, 400).ticks(9) == [0, 50, 100, 150, 200, 250, 300, 350, 400])
    #expect(Axis(exactly: 0, 1).ticks(4) == [0, 0.25, 0.5, 0.75, 1])
    #expect(Axis(showing: [3, 3]).ticks(5).contains { abs($0 - 3) < 1e-9 })
    #expect(Axis(showing: [], includesZero: true).ticks(5).first == 0)
  }

  @Test func `a scale is logarithmic where values span more than a factor of eight`() {
    #expect(Axis(showing: [0.02, 3], allowsLogarithm: true).isLogarithmic)
    #expect(!Axis(showing: [0.5, 3], allowsLogarithm: true).isLogarithmic)
    #expect(!Axis(showing: [0, 3], allowsLogarithm: true).isLogarithmic)
    let axis = Axis(showing: [0.01, 1], allowsLogarithm: true)
    #expect(abs(axis.position(0.1) - 0.5) < 1e-9)
  }

  @Test func `smoothing keeps straight lines and quietens noise`() {
    let line = (0..<100).map { 5 - 0.03 * Double($0) }
    let smooth = Smoothing.curve(of: line)
    #expect(zip(line, smooth).allSatisfy { abs($0 - $1) < 1e-9 })
    let noisy = (0..<400).map { $0 % 2 == 0 ? 1.0 : 3.0 }
    #expect(Smoothing.curve(of: noisy).allSatisfy { abs($0 - 2) < 0.1 })
    #expect(Smoothing.curve(of: [7]) == [7])
    #expect(Smoothing.curve(of: []).isEmpty)
  }

  @Test func `thinning keeps peaks`() {
    var points = (0..<10_000).map { (x: Double($0), y: 0.0) }
    points[4321].y = 9
    let series = Panel.Series(name: "", color: "", style: .line, points: points)
    let thin = series.thinned(to: 500)
    #expect(thin.count <= 502)
    #expect(thin.contains { $0.y == 9 })
    #expect(thin.last?.x == 9999)
  }
}

/// A check that tags are closed in order, as XML asks; throws where they are not.
struct XMLCheck {
  private var names: [String] = []

  struct Unbalanced: Error { let tag: String }

  /// Elements without an end in HTML.
  private static let void: Set<String> = ["meta", "!DOCTYPE", "?xml", "br"]

  init(_ text: String) throws {
    var open: [String] = []
    for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      guard let end = piece.firstIndex(of: ">") else { throw Unbalanced(tag: String(piece)) }
      let tag = piece[..<end]
      let name = String(tag.prefix { $0 != " " && $0 != "\n" && $0 != "/" || tag.first == $0 })
      if name.hasPrefix("/") {
        guard open.popLast() == String(tag.dropFirst()) else { throw Unbalanced(tag: name) }
      } else if !Self.void.contains(name) {
        names.append(name)
        if !tag.hasSuffix("/") { open.append(name) }
      }
    }
    if let left = open.last { throw Unbalanced(tag: left) }
  }

  func count(_ name: String) -> Int { names.count { $0 == name } }
}

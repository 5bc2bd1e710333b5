/// What the curves of a run mean, in plain words.
public struct CurveReading: Sendable, Equatable {
  /// What kind of thing was seen.
  public enum Kind: String, Sendable, CaseIterable {
    /// The evaluation loss fell against the base.
    case learned
    /// The evaluation loss did not fall against the base.
    case notLearned = "not_learned"
    /// The evaluation loss rises while training goes on.
    case overfitting
    /// The evaluation loss still falls at the end.
    case stillFalling = "still_falling"
    /// The evaluation loss no longer changes at the end.
    case leveled
    /// The training loss did not fall.
    case flat
    /// The training loss ended above its start, or was not finite.
    case diverged
    /// The training loss jumped up on its way.
    case spike
    /// The model knows the training rows much better than the evaluation rows.
    case gap
    /// The loss is so low that training and evaluation rows may be the same.
    case tooGood = "too_good"
    /// The speed fell by half.
    case slowed
    /// There are too few rows to say anything.
    case tooShort = "too_short"
  }

  /// One thing that was seen.
  public struct Finding: Sendable, Equatable {
    /// What kind of thing.
    public let kind: Kind
    /// The sentence that says it.
    public let sentence: String
    /// What to do about it, when there is something to do.
    public let advice: String?

    /// Whether it asks for something to be done.
    public var isWarning: Bool { advice != nil && kind != .stillFalling && kind != .leveled }
  }

  /// What was seen, the most important first.
  public let findings: [Finding]

  /// The findings and what to do, a sentence or two each.
  public var sentences: [String] {
    findings.map { finding in finding.sentence + (finding.advice.map { " " + $0 } ?? "") }
  }

  /// Reads the metrics of a run.
  public init(_ rows: [MetricsRow]) {
    let training = rows.compactMap { row in row.loss.map { (step: row.step, loss: $0) } }
    let evaluations = rows.compactMap { row in row.evalLoss.map { (step: row.step, loss: $0) } }
    var findings = Self.read(training: training)
    findings += Self.read(
      evaluations: evaluations.filter { $0.loss.isFinite }, endsAtLowRate: Self.endsAtLowRate(rows))
    if !findings.contains(where: { $0.kind == .overfitting || $0.kind == .diverged }) {
      findings += Self.gap(training, evaluations)
    }
    findings += Self.slowed(rows)
    if findings.isEmpty {
      findings = [
        Finding(
          kind: .tooShort, sentence: "The run is too short to say what its curves mean.",
          advice: "Train for more steps, or log and evaluate more often.")
      ]
    }
    self.findings = findings
  }
}

extension CurveReading {
  typealias Point = (step: Int, loss: Double)

  /// Fewer rows than this are noise.
  private static let fewestRows = 10

  private static func read(training points: [Point]) -> [Finding] {
    // A step that was not a number was skipped; several at the end are what ends a run.
    if let broken = points.reversed().prefix(while: { !$0.loss.isFinite }).last {
      return [
        Finding(
          kind: .diverged,
          sentence:
            "The training loss is not a number from step \(broken.step): training diverged.",
          advice: "Lower learning_rate to a third, lengthen warmup_ratio, or use dtype: float32.")
      ]
    }
    let points = points.filter(\.loss.isFinite)
    guard points.count >= fewestRows else { return [] }
    let smooth = Smoothing.curve(of: points.map(\.loss))
    let (start, end) = ends(points.map(\.loss))
    // A tenth above the start is far more than the noise of an average over a tenth of the run.
    if end.mean > start.mean * 1.1, end.mean > start.mean + 2 * (start.error + end.error) {
      return [
        Finding(
          kind: .diverged,
          sentence: "The training loss ended at \(end.mean.brief(3)), above its start of "
            + "\(start.mean.brief(3)): training diverged.",
          advice: "Lower learning_rate to a third, or lengthen warmup_ratio.")
      ]
    }
    return flat(start, end) + spike(points, smooth)
  }

  /// Less than 2 % down, and not more than the noise of both averages: nothing was learned.
  private static func flat(_ start: Average, _ end: Average) -> [Finding] {
    let fall = start.mean - end.mean
    guard fall < 0.02 * start.mean, fall < 2 * (start.error + end.error) else { return [] }
    return [
      Finding(
        kind: .flat,
        sentence: "The training loss hardly moved (\(start.mean.brief(3)) to "
          + "\(end.mean.brief(3))): the learning rate is too low, or so high that it only shakes.",
        advice: "Try learning_rate three times higher first, then three times lower, and check "
          + "with `anneal data preview` that the right tokens are learned.")
    ]
  }

  /// A rise of the smoothed curve by a third and by more than 0.2 nats is no noise.
  ///
  /// The first tenth, where the learning rate still rises, is left out.
  private static func spike(_ points: [Point], _ smooth: [Double]) -> [Finding] {
    var low = Double.infinity
    var worst: (step: Int, height: Double)?
    for index in smooth.indices.dropFirst(smooth.count / 10) {
      low = min(low, smooth[index])
      let height = smooth[index] - low
      if height > max(0.2, low / 3), height > worst?.height ?? 0 {
        worst = (points[index].step, height)
      }
    }
    guard let worst else { return [] }
    return [
      Finding(
        kind: .spike,
        sentence: "The training loss jumped by \(worst.height.brief(2)) nats near step "
          + "\(worst.step).",
        advice: "If it happens again, lower learning_rate or max_grad_norm, and look at the rows "
          + "of that step.")
    ]
  }

  /// Whether the learning rate of the last quarter is far below its peak: a curve that levels off
  /// then says nothing about what more training would bring.
  private static func endsAtLowRate(_ rows: [MetricsRow]) -> Bool {
    let rates = rows.compactMap(\.learningRate)
    guard let peak = rates.max(), rates.count >= 4 else { return false }
    let quarter = rates.suffix(rates.count / 4)
    return quarter.reduce(0, +) / Double(quarter.count) < peak / 3
  }

  private static func read(
    evaluations points: [Point], endsAtLowRate: Bool
  ) -> [Finding] {
    let trained = points.filter { $0.step > 0 }
    guard let best = trained.min(by: { $0.loss < $1.loss }), let last = trained.last else {
      return []
    }
    var findings: [Finding] = []
    if let base = points.first, base.step == 0 { findings.append(learned(base, best)) }
    if let next = trained.first(where: { $0.step > best.step }), rises(from: best, to: last) {
      findings.append(
        Finding(
          kind: .overfitting,
          sentence: "Validation rises from step \(next.step): overfitting; best kept is step "
            + "\(best.step) (\(best.loss.brief(4)), at the end \(last.loss.brief(4))).",
          advice: "Use best/, not last/. More data, fewer epochs, a lower rank or some "
            + "lora_dropout help."))
    } else if trained.count >= 3 {
      findings.append(
        ending(trained, best: best, last: last, endsAtLowRate: endsAtLowRate))
    }
    // Text that nobody has seen is never so predictable; 0.02 nats is 98 % sure of every token.
    if best.loss < 0.02 {
      findings.append(
        Finding(
          kind: .tooGood,
          sentence: "The evaluation loss of \(best.loss.brief(2)) is nearly zero.",
          advice: "Check that evaluation rows are not among the training rows."))
    }
    return findings
  }

  private static func learned(_ base: Point, _ best: Point) -> Finding {
    let share = (base.loss - best.loss) / base.loss * 100
    if share < -0.5 {
      return Finding(
        kind: .notLearned,
        sentence: "Every evaluation was worse than the base's \(base.loss.brief(4)); the best was "
          + "\(best.loss.brief(4)).",
        advice: "The model has got worse: lower learning_rate to a third, and check the data with "
          + "`anneal data preview`.")
    }
    // Half a per cent is what another seed changes.
    if share < 0.5, share > 0 {
      return Finding(
        kind: .notLearned,
        sentence: "The evaluation loss fell from the base's \(base.loss.brief(4)) by "
          + "\(share.brief(2)) % only, which another seed might change as much.",
        advice: "Train for more steps, or try a higher learning_rate.")
    }
    if share < 0.5 {
      return Finding(
        kind: .notLearned,
        sentence: "The evaluation loss did not fall below the base's \(base.loss.brief(4)).",
        advice: "The base may know this already, or learning_rate does not suit; check the data "
          + "with `anneal data preview`.")
    }
    return Finding(
      kind: .learned,
      sentence: "The evaluation loss fell from \(base.loss.brief(4)) (the base) to "
        + "\(best.loss.brief(4)) at step \(best.step), by \(share.brief(2)) %.",
      advice: nil)
  }

  /// One per cent above the best is more than evaluations of the same rows differ by chance.
  private static func rises(from best: Point, to last: Point) -> Bool {
    last.step > best.step && last.loss > best.loss * 1.01
  }

  /// Whether the last quarter of the run still brought one per cent.
  private static func ending(
    _ points: [Point], best: Point, last: Point, endsAtLowRate: Bool
  ) -> Finding {
    let quarter = points.last { $0.step <= last.step * 3 / 4 } ?? points[0]
    if quarter.loss - last.loss > 0.01 * quarter.loss {
      return Finding(
        kind: .stillFalling,
        sentence: "The evaluation loss still falls at the end (\(quarter.loss.brief(4)) at step "
          + "\(quarter.step), \(last.loss.brief(4)) at step \(last.step)).",
        advice: "Training longer (num_train_epochs) would bring more.")
    }
    if endsAtLowRate {
      return Finding(
        kind: .leveled,
        sentence: "The evaluation loss ends level at \(last.loss.brief(4)), as the learning rate "
          + "went down to its end.",
        advice: "A longer run (num_train_epochs), whose rate falls later, may bring more.")
    }
    return Finding(
      kind: .leveled,
      sentence: "The evaluation loss has leveled off at \(last.loss.brief(4)).",
      advice: "More of the same training would bring little.")
  }

  /// A quarter of the evaluation loss and 0.1 nats: below that, dropout, batches and rows of other
  /// lengths explain a difference.
  private static func gap(_ training: [Point], _ evaluations: [Point]) -> [Finding] {
    guard training.count >= fewestRows, let last = evaluations.last, last.step > 0 else {
      return []
    }
    let train = ends(training.map(\.loss)).end.mean
    guard last.loss - train > max(0.1, last.loss / 4) else { return [] }
    return [
      Finding(
        kind: .gap,
        sentence: "At the end the loss is \(train.brief(3)) on training rows and "
          + "\(last.loss.brief(3)) on evaluation rows: the model begins to know rows by heart.",
        advice: "More or more varied rows would help more than more epochs.")
    ]
  }

  private static func slowed(_ rows: [MetricsRow]) -> [Finding] {
    let speeds = rows.compactMap(\.tokensPerSecond).filter(\.isFinite)
    guard speeds.count >= 2 * fewestRows else { return [] }
    let (start, end) = ends(speeds)
    guard end.mean < start.mean / 2 else { return [] }
    return [
      Finding(
        kind: .slowed,
        sentence: "Speed fell from \(start.mean.brief(3)) to \(end.mean.brief(3)) tokens a second.",
        advice: "Another process, heat or too little memory may hold the machine back.")
    ]
  }
}

extension CurveReading {
  /// A mean and its standard error.
  struct Average {
    var mean: Double
    var error: Double
  }

  /// Averages of the first and of the last tenth, at least 3 values each.
  static func ends(_ values: [Double]) -> (start: Average, end: Average) {
    let count = min(values.count, max(3, values.count / 10))
    return (average(values.prefix(count)), average(values.suffix(count)))
  }

  private static func average(_ values: ArraySlice<Double>) -> Average {
    guard !values.isEmpty else { return Average(mean: 0, error: 0) }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
    return Average(mean: mean, error: (variance / count).squareRoot())
  }
}

public import AnnealEvaluation

/// Two models' examinations on the same rows.
public struct Comparison: Sendable {
  /// The first model's.
  public let base: Examination
  /// The second model's.
  public let tuned: Examination
  /// Texts that have nothing to do with the task, on which the second may have become worse.
  public var probes: [Probe] = []
  /// What a judging model says; nil where none was asked.
  public var judging: Judging?
  /// How it was measured: names and values.
  public var facts: [(name: String, value: String)] = []

  /// What a model has forgotten of a text that it was not tuned on.
  public struct Probe: Sendable {
    /// What the text is.
    public var name: String
    /// The first model's loss.
    public var base: LossMetrics
    /// The second model's.
    public var tuned: LossMetrics

    /// Two losses on the same text.
    public init(name: String, base: LossMetrics, tuned: LossMetrics) {
      self.name = name
      self.base = base
      self.tuned = tuned
    }

    /// The difference tuned − base, nats/token; above 0 something was forgotten.
    public var difference: Interval? { tuned.lossInterval(less: base) }
  }

  /// A comparison.
  public init(base: Examination, tuned: Examination) {
    self.base = base
    self.tuned = tuned
  }

  /// Rows that both were asked or measured on.
  public var rows: Int { tuned.loss?.rows ?? tuned.replies.count }

  /// The difference tuned − base of a reply metric, row by row, with its 95 % interval.
  public func difference(_ metric: String) -> Interval? {
    guard let before = base.score(metric), let after = tuned.score(metric) else { return nil }
    return after.interval(less: before)
  }

  /// The difference tuned − base of the loss, nats/token, with its 95 % interval.
  public var lossDifference: Interval? {
    guard let before = base.loss, let after = tuned.loss else { return nil }
    return after.lossInterval(less: before)
  }

  /// What it comes to by `metric`: `loss`, or a reply metric; nil where both were not measured by it.
  public func decision(by metric: String) -> Decision? {
    if metric == "loss" {
      guard let before = base.loss, let after = tuned.loss, let difference = lossDifference
      else { return nil }
      return Decision(
        metric: metric, base: before.loss, tuned: after.loss, difference: difference,
        isHigherBetter: false, isShare: false)
    }
    guard let before = base.score(metric), let after = tuned.score(metric),
      let difference = after.interval(less: before)
    else { return nil }
    return Decision(
      metric: metric, base: before.value, tuned: after.value, difference: difference,
      isHigherBetter: after.isHigherBetter, isShare: after.isShare,
      mcNemar: rowScores(metric).flatMap { McNemar(first: $0.base, second: $0.tuned) })
  }

  /// What decides where nothing else is asked for: the first reply metric, else the loss.
  public var primaryMetric: String { tuned.scores.first?.name ?? "loss" }

  /// A row's replies side by side.
  public typealias Pair = (base: Examination.Reply, tuned: Examination.Reply)

  /// Rows that became better by `metric`, and rows that became worse, the largest changes first.
  public func changes(_ metric: String) -> (wins: [Pair], losses: [Pair]) {
    guard let (before, after) = rowScores(metric), after.count == tuned.replies.count else {
      return ([], [])
    }
    let sign = tuned.score(metric)?.isHigherBetter == false ? -1.0 : 1
    let gains = zip(after, before).map { sign * ($0 - $1) }
    func pairs(_ gain: (Double) -> Double) -> [Pair] {
      gains.indices.filter { gain(gains[$0]) > 0 }.sorted {
        (gain(gains[$1]), $0) < (gain(gains[$0]), $1)
      }.map { (base: base.replies[$0], tuned: tuned.replies[$0]) }
    }
    return (pairs { $0 }, pairs { -$0 })
  }

  /// The scores of rows that have one from both, for a mean.
  private func rowScores(_ metric: String) -> (base: [Double], tuned: [Double])? {
    guard let before = base.score(metric)?.byRow, let after = tuned.score(metric)?.byRow,
      before.count == after.count
    else { return nil }
    // A row without a score from either changes nothing.
    let pairs = zip(before, after).map { ($0 ?? $1 ?? 0, $1 ?? $0 ?? 0) }
    return (pairs.map(\.0), pairs.map(\.1))
  }

  /// A few rows' replies side by side, spread over the set.
  public func samples(_ count: Int) -> [Pair] {
    let pairs = Array(zip(base.replies, tuned.replies))
    guard count > 0, !pairs.isEmpty else { return [] }
    let stride = max(1, pairs.count / count)
    return Swift.stride(from: 0, to: pairs.count, by: stride).prefix(count).map {
      (base: pairs[$0].0, tuned: pairs[$0].1)
    }
  }
}

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
      guard let before = base.loss, let after = tuned.loss, let difference = lossDifference,
        let pValue = after.pValue(less: before)
      else { return nil }
      return Decision(
        metric: metric, base: before.loss, tuned: after.loss, difference: difference,
        isHigherBetter: false, isShare: false, pValue: pValue)
    }
    guard let before = base.score(metric), let after = tuned.score(metric),
      let difference = after.interval(less: before), let pValue = after.pValue(less: before)
    else { return nil }
    let shared = after.sharedRows(with: before)
    let scores = rowScores(metric)
    return Decision(
      metric: metric, base: before.statistic(shared), tuned: after.statistic(shared),
      difference: difference, isHigherBetter: after.isHigherBetter, isShare: after.isShare,
      pValue: pValue,
      mcNemar: scores.flatMap { McNemar(first: $0.map(\.base), second: $0.map(\.tuned)) },
      leftOut: max(before.measuredRows, after.measuredRows) - shared.count)
  }

  /// What decides where nothing else is asked for: the first reply metric, else the loss.
  public var primaryMetric: String { tuned.scores.first?.name ?? "loss" }

  /// A row's replies side by side.
  public typealias Pair = (base: Examination.Reply, tuned: Examination.Reply)

  /// Rows that became better by `metric`, and rows that became worse, the largest changes first.
  public func changes(_ metric: String) -> (wins: [Pair], losses: [Pair]) {
    guard let scores = rowScores(metric), tuned.score(metric)?.rows == tuned.replies.count else {
      return ([], [])
    }
    let sign = tuned.score(metric)?.isHigherBetter == false ? -1.0 : 1
    let gains = scores.map { (row: $0.row, gain: sign * ($0.tuned - $0.base)) }
    func pairs(_ sign: Double) -> [Pair] {
      gains.filter { sign * $0.gain > 0 }.sorted {
        (sign * $1.gain, $0.row) < (sign * $0.gain, $1.row)
      }.map { (base: base.replies[$0.row], tuned: tuned.replies[$0.row]) }
    }
    return (pairs(1), pairs(-1))
  }

  /// Rows that both models have wholly wrong by `metric`, where more of it is better.
  public func stillWrong(_ metric: String) -> [Pair] {
    guard let scores = rowScores(metric), let score = tuned.score(metric), score.isHigherBetter,
      score.isShare, score.rows == tuned.replies.count
    else { return [] }
    return scores.filter { $0.base == 0 && $0.tuned == 0 }.map {
      (base: base.replies[$0.row], tuned: tuned.replies[$0.row])
    }
  }

  /// The scores of rows that have one from both, for a mean.
  private func rowScores(_ metric: String) -> [(row: Int, base: Double, tuned: Double)]? {
    guard let before = base.score(metric)?.byRow, let after = tuned.score(metric)?.byRow,
      before.count == after.count
    else { return nil }
    return before.indices.compactMap { row in
      guard let first = before[row], let second = after[row] else { return nil }
      return (row: row, base: first, tuned: second)
    }
  }

  /// A few rows' replies side by side, spread over the set.
  public func samples(_ count: Int) -> [Pair] {
    let pairs = Array(zip(base.replies, tuned.replies))
    let wanted = min(max(0, count), pairs.count)
    return (0..<wanted).map { place in
      let pair = pairs[place * pairs.count / wanted]
      return (base: pair.0, tuned: pair.1)
    }
  }
}

public import AnnealEvaluation
public import AnnealFiles

/// Two models' examinations on the same rows.
public struct Comparison: Sendable {
  /// The first model's.
  public let base: Examination
  /// The second model's.
  public let tuned: Examination

  /// A comparison.
  public init(base: Examination, tuned: Examination) {
    self.base = base
    self.tuned = tuned
  }

  /// The difference tuned − base of a reply metric, row by row, with its 95 % interval.
  public func difference(_ metric: String) -> Interval? {
    guard let before = base.score(metric), let after = tuned.score(metric) else { return nil }
    return after.interval(less: before)
  }

  /// The difference tuned − base of the loss, nats/token, with its 95 % interval.
  public var lossDifference: Interval? { tuned.loss.lossInterval(less: base.loss) }

  /// The comparison as the command line reports it.
  public func json(samples: Int = 5) -> JSON {
    var differences: [(String, JSON)] = [
      ("loss", .number(tuned.loss.loss - base.loss.loss)),
      ("perplexity", .number(tuned.loss.perplexity - base.loss.perplexity)),
      ("token_accuracy", .number(tuned.loss.tokenAccuracy - base.loss.tokenAccuracy)),
    ]
    if let interval = lossDifference {
      differences.append(("loss_interval", interval.json))
    }
    for metric in tuned.scores.map(\.name) {
      guard let interval = difference(metric) else { continue }
      differences.append((metric, .number(interval.mean)))
      differences.append((metric + "_interval", interval.json))
    }
    return [
      "base": base.json, "tuned": tuned.json,
      "difference": JSON(members: differences),
      "rows": .integer(tuned.loss.rows),
      "samples": .array(
        self.samples(samples).map { before, after in
          [
            "prompt": .string(after.prompt), "reference": .string(after.reference),
            "base": .string(before.reply), "tuned": .string(after.reply),
          ]
        }),
    ]
  }

  /// A few rows' replies side by side, spread over the set.
  public func samples(_ count: Int) -> [(base: Examination.Reply, tuned: Examination.Reply)] {
    let pairs = Array(zip(base.replies, tuned.replies))
    guard count > 0, !pairs.isEmpty else { return [] }
    let stride = max(1, pairs.count / count)
    return Swift.stride(from: 0, to: pairs.count, by: stride).prefix(count).map {
      (base: pairs[$0].0, tuned: pairs[$0].1)
    }
  }
}

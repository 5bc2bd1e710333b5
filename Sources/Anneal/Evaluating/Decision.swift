public import AnnealEvaluation
public import AnnealFiles

/// What a comparison comes to: a verdict by one measure, and what it rests on.
public struct Decision: Sendable, Hashable {
  /// `loss`, or the name of a reply metric.
  public var metric: String
  /// The first model's value.
  public var base: Double
  /// The second model's value.
  public var tuned: Double
  /// The difference tuned − base, with its 95 % interval.
  public var difference: Interval
  /// Whether more is better.
  public var isHigherBetter: Bool
  /// Whether the value is a share, 0…1.
  public var isShare: Bool
  /// How probable so large a difference is if the models do not differ.
  public var pValue: Double
  /// The exact test of right and wrong replies, where the metric knows nothing between.
  public var mcNemar: McNemar?
  /// Rows that the measure could be taken on for one of the models alone; they do not count.
  public var leftOut = 0

  /// What interval and test say.
  public var verdict: Verdict {
    Verdict(
      gain: isHigherBetter ? difference : difference.negated, pValue: mcNemar?.pValue ?? pValue)
  }

  /// The verdict in one sentence.
  public var sentence: String {
    let title = metric.replacing("_", with: " ")
    let (scale, digits) = isShare ? (100.0, 1) : (1, 4)
    let unit = isShare ? " %" : metric == "loss" ? " nats a token" : ""
    let value = { (number: Double) in (scale * number).fixed(digits) }
    let change = { (number: Double) in (scale * number).signed(digits) }
    let values =
      "\(title) \(value(tuned))\(unit) against \(value(base))\(unit), a change of "
      + "\(change(difference.mean))\(isShare ? " points" : "") (95 % interval "
      + "\(change(difference.low)) to \(change(difference.high)))"
    let test =
      mcNemar.map { ", McNemar's p \(Self.probability($0.pValue))" }
      ?? ", randomisation test's p \(Self.probability(pValue))"
    let lost =
      leftOut > 0 ? "; \(Amount.count(leftOut, of: "row")) could not be measured for both" : ""
    return "\(verdict.rawValue): \(values)\(test)\(lost)"
  }

  private static func probability(_ value: Double) -> String {
    value < 0.0001 ? "< 0.0001" : "= \(value.fixed(4))"
  }

  /// The decision as the command line reports it.
  public var json: JSON {
    var members: [(String, JSON)] = [
      ("verdict", .string(verdict.rawValue)), ("metric", .string(metric)),
      ("base", .number(base)), ("tuned", .number(tuned)),
      ("difference", .number(difference.mean)), ("interval", difference.json),
      ("p_value", .number(mcNemar?.pValue ?? pValue)), ("rows_left_out", .integer(leftOut)),
    ]
    if let mcNemar {
      members += [
        ("wins", .integer(mcNemar.wins)), ("losses", .integer(mcNemar.losses)),
        ("mcnemar_p", .number(mcNemar.pValue)),
      ]
    }
    return JSON(members: members)
  }
}

extension Interval {
  /// The interval of the negated value.
  var negated: Interval { Interval(mean: -mean, low: -high, high: -low) }
}

extension Double {
  /// The number with its sign, also where it is positive.
  func signed(_ digits: Int) -> String { (self >= 0 ? "+" : "") + fixed(digits) }
}

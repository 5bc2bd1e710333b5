/// Which of two models is better on the same rows, as far as these rows can tell.
public enum Verdict: String, Sendable, Hashable {
  /// The second is better: the whole 95 % interval of its gain is above 0.
  case better
  /// The second is worse: the whole interval is below 0.
  case worse
  /// The interval holds 0: more rows might tell, these do not.
  case notDistinguishable = "not distinguishable"

  /// The verdict of a gain, of which more is better.
  public init(gain: Interval) {
    self = gain.low > 0 ? .better : gain.high < 0 ? .worse : .notDistinguishable
  }
}

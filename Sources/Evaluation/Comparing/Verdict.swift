/// Which of two models is better on the same rows, as far as these rows can tell.
public enum Verdict: String, Sendable, Hashable {
  /// The second is better: the whole 95 % interval of its gain is above 0, and a gain as large would
  /// come about by chance with a probability below 0.05.
  case better
  /// The second is worse: the same, below 0.
  case worse
  /// More rows might tell, these do not.
  case notDistinguishable = "not distinguishable"

  /// The verdict of a gain, of which more is better.
  ///
  /// The interval alone is too narrow where few rows changed: one row gives one of no width. A test of
  /// the same rows must agree.
  ///
  /// - Parameter pValue: how probable so large a gain or loss is between models that do not differ.
  public init(gain: Interval, pValue: Double) {
    guard pValue < 0.05 else {
      self = .notDistinguishable
      return
    }
    self = gain.low > 0 ? .better : gain.high < 0 ? .worse : .notDistinguishable
  }
}

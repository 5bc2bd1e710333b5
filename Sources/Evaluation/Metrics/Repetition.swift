/// How much of a reply says again what it said: the share of its runs of four words that came before
/// (seq-rep-4 of arXiv 1908.04319).
public struct Repetition: ReplyMetric, MeanMetric {
  /// `repetition`.
  public static let name = "repetition"
  /// What is measured.
  public static let summary = "mean share of a reply's four-word runs that repeat an earlier one"
  /// Less is better.
  public static let isHigherBetter = false

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 − distinct runs / runs; 0 for fewer than four words.
  public func part(of answer: Answer) -> Double? {
    let words = answer.reply.split(whereSeparator: \.isWhitespace)
    guard words.count >= 4 else { return 0 }
    let runs = (0...words.count - 4).map { words[$0..<$0 + 4] }
    return 1 - Double(Set(runs).count) / Double(runs.count)
  }
}

/// How long replies are, in words.
public struct ReplyLength: ReplyMetric, MeanMetric {
  /// `reply_words`.
  public static let name = "reply_words"
  /// What is measured.
  public static let summary = "mean words of a reply"
  /// It is a number of words.
  public static let isShare = false

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The words between white space.
  public func part(of answer: Answer) -> Double? {
    Double(answer.reply.split(whereSeparator: \.isWhitespace).count)
  }
}

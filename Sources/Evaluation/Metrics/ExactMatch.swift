/// Whether the reply is the reference, spaces at the ends aside.
public enum ExactMatch: Metric {
  /// `exact_match`.
  public static let name = "exact_match"
  /// What is measured.
  public static let summary = "share of replies equal to the reference, outer spaces aside"

  /// 1 or 0.
  public static func score(_ reply: String, reference: String) -> Double {
    reply.trimmed == reference.trimmed ? 1 : 0
  }
}

extension StringProtocol {
  /// The text without white space at its ends.
  var trimmed: SubSequence {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
    return self[start..<end]
  }
}

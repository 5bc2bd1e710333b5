internal import AnnealFiles

/// How alike a reply is to its reference in style: length of sentences and words, capitals, digits,
/// punctuation, lines and lists, not what it says.
public struct StyleMatch: ReplyMetric, MeanMetric {
  /// `style_match`.
  public static let name = "style_match"
  /// What is measured.
  public static let summary = "mean likeness of the reply's style to the reference's"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 for the same style, 0 for none in common, beside the reference that it is most like.
  public func part(of answer: Answer) -> Double? {
    let said = Self.features(answer.reply)
    return answer.best { reference in
      let pairs = zip(said, Self.features(reference))
      // Of each feature, how far the two are apart as a share of both.
      let distances = pairs.map { $0 + $1 == 0 ? 0 : abs($0 - $1) / ($0 + $1) }
      return 1 - distances.reduce(0, +) / Double(distances.count)
    }
  }

  private static func features(_ text: String) -> [Double] {
    let words = text.split { $0.isWhitespace }
    let sentences = text.split { ".!?\n".contains($0) }
    let lines = text.split(separator: "\n")
    func share(_ test: (Character) -> Bool) -> Double {
      Double(text.count(where: test)) / Double(max(1, text.count))
    }
    return [
      Double(words.count),
      Double(words.count) / Double(max(1, sentences.count)),
      Double(words.reduce(0) { $0 + $1.count }) / Double(max(1, words.count)),
      share(\.isUppercase), share(\.isNumber), share { $0.isPunctuation || $0.isSymbol },
      Double(lines.count),
      Double(lines.count { "-*•0123456789".contains($0.trimmed.first ?? " ") }),
    ]
  }
}

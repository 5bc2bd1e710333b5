internal import AnnealFiles

/// How much of a reply its source does not say: a check for hallucination without a second model.
///
/// The source is the row's field `source` or `context`, else all that the request says. A sentence is unsupported
/// when it names a number or a name that the source does not have, or when fewer than half of its
/// longer words occur there. It is a lexical check: it knows no paraphrase and no logic, and is to be
/// read as a difference between two models rather than as a rate of errors.
public struct UnsupportedClaims: ReplyMetric, MeanMetric {
  /// `unsupported_claims`.
  public static let name = "unsupported_claims"
  /// What is measured.
  public static let summary = "mean share of a reply's sentences that the source does not support"
  /// Fewer are better.
  public static let isHigherBetter = false

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The share of unsupported sentences; nil for a reply without words.
  public func part(of answer: Answer) -> Double? {
    let source =
      answer.fields["source"]?.string ?? answer.fields["context"]?.string
      ?? answer.context ?? answer.prompt
    let known = Set(Self.words(source).map { $0.lowercased() })
    let sentences = answer.reply.split { ".!?\n".contains($0) }.map(Self.words).filter {
      !$0.isEmpty
    }
    guard !sentences.isEmpty else { return nil }
    let missing = sentences.count { !Self.isSupported($0, by: known) }
    return Double(missing) / Double(sentences.count)
  }

  private static func isSupported(_ sentence: [Substring], by known: Set<String>) -> Bool {
    for (place, word) in sentence.enumerated() {
      let isName = place > 0 && word.first?.isUppercase == true && word.count > 1
      let isNumber = word.contains(where: \.isNumber)
      if isName || isNumber, !known.contains(word.lowercased()) { return false }
    }
    let longer = sentence.filter { $0.count > 4 }
    return longer.count { known.contains($0.lowercased()) } * 2 >= longer.count
  }

  private static func words(_ text: some StringProtocol) -> [Substring] {
    Substring(text).split { !$0.isLetter && !$0.isNumber }
  }
}

/// The overlap of the reply's words with the reference's, as SQuAD measures it (arXiv 1606.05250).
public struct TokenF1: ReplyMetric, MeanMetric {
  /// `f1`.
  public static let name = "f1"
  /// What is measured.
  public static let summary = "mean harmonic mean of word precision and recall"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The harmonic mean of precision and recall, case and punctuation aside, beside the reference
  /// that it is best with; nil without references.
  public func part(of answer: Answer) -> Double? {
    let said = words(answer.reply)
    return answer.best { score(said, words($0)) }
  }

  private func score(_ said: [String], _ expected: [String]) -> Double {
    guard !said.isEmpty, !expected.isEmpty else { return said == expected ? 1 : 0 }
    var left = expected.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    var shared = 0
    for word in said where left[word, default: 0] > 0 {
      left[word, default: 0] -= 1
      shared += 1
    }
    return 2 * Double(shared) / Double(said.count + expected.count)
  }

  private func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }
}

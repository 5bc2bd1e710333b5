/// The overlap of the reply's words with the reference's, as SQuAD measures it (arXiv 1606.05250).
public enum TokenF1: Metric {
  /// `f1`.
  public static let name = "f1"
  /// What is measured.
  public static let summary = "mean harmonic mean of word precision and recall"

  /// The harmonic mean of precision and recall, case and punctuation aside.
  public static func score(_ reply: String, reference: String) -> Double {
    let (said, expected) = (words(reply), words(reference))
    guard !said.isEmpty, !expected.isEmpty else { return said == expected ? 1 : 0 }
    var left = expected.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    var shared = 0
    for word in said where left[word, default: 0] > 0 {
      left[word, default: 0] -= 1
      shared += 1
    }
    return 2 * Double(shared) / Double(said.count + expected.count)
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }
}

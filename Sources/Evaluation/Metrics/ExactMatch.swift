internal import AnnealFiles
internal import AnnealText

/// Whether the reply is the reference.
///
/// For rows of one's own, spaces at the ends aside; in tasks every character counts, as with the
/// metric of this name in the package evaluate, whose settings it has.
public struct ExactMatch: ReplyMetric, MeanMetric {
  /// `exact_match`.
  public static let name = "exact_match"
  /// What is measured.
  public static let summary = "share of replies equal to the reference, outer spaces aside"
  /// What may be passed over.
  public static let settingNames = [
    "ignore_case", "ignore_punctuation", "ignore_numbers", "regexes_to_ignore",
    "ignore_outer_spaces",
  ]

  private let ignoresCase, ignoresOuterSpaces: Bool
  private let ignored: Set<Unicode.Scalar>
  private let patterns: [PythonPattern]

  /// A match that passes over outer spaces.
  public init() {
    (ignoresCase, ignoresOuterSpaces, ignored, patterns) = (false, true, [], [])
  }

  /// A match with its settings.
  public init(_ settings: MetricSettings) throws {
    ignoresCase = try settings.flag("ignore_case")
    ignoresOuterSpaces = try settings.flag("ignore_outer_spaces", default: settings.habits == .rows)
    var ignored: Set<Unicode.Scalar> = []
    if try settings.flag("ignore_punctuation") {
      ignored.formUnion(##"!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"##.unicodeScalars)
    }
    if try settings.flag("ignore_numbers") { ignored.formUnion("0123456789".unicodeScalars) }
    self.ignored = ignored
    patterns = try settings.texts("regexes_to_ignore").map { pattern in
      do { return try PythonPattern(pattern) } catch {
        throw settings.error(
          "regexes_to_ignore", (error as? AnnealError)?.message ?? "\(error)")
      }
    }
  }

  /// 1 or 0, by whichever reference fits; nil without references.
  public func part(of answer: Answer) -> Double? {
    let reply = plain(answer.reply)
    return answer.best { plain($0) == reply ? 1 : 0 }
  }

  private func plain(_ text: String) -> [Unicode.Scalar] {
    var text = text
    for pattern in patterns { text = pattern.replacing(in: text, with: "") }
    if ignoresCase { text = text.lowercased() }
    let kept = String(
      String.UnicodeScalarView(text.unicodeScalars.filter { !ignored.contains($0) }))
    return Array((ignoresOuterSpaces ? String(kept.trimmed) : kept).unicodeScalars)
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

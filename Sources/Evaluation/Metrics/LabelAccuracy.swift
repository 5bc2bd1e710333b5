public import AnnealFiles

/// Whether the reply names the right label, case, spaces and closing punctuation aside.
public struct LabelAccuracy: ReplyMetric, MeanMetric {
  /// `accuracy`.
  public static let name = "accuracy"
  /// What is measured.
  public static let summary = "share of replies that name the right label"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0, by whichever reference fits; nil without references.
  public func part(of answer: Answer) -> Double? {
    let said = Label(answer.reply)
    return answer.best { Label($0) == said ? 1 : 0 }
  }
}

/// The F1 of every label, each counted as much as any other: what accuracy hides where labels are
/// rare.
public struct MacroF1: ReplyMetric {
  /// `macro_f1`.
  public static let name = "macro_f1"
  /// What is measured.
  public static let summary = "mean F1 of the labels, with the confusion matrix"
  /// It is a share.
  public static let isShare = true

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// A label and what was said in its place.
  public struct Pair: Sendable, Hashable {
    /// The right label.
    var wanted: Label
    /// The label that was named.
    var said: Label
  }

  /// The first reference beside the reply; nil without references.
  public func part(of answer: Answer) -> Pair? {
    answer.references.first.map { Pair(wanted: Label($0), said: Label(answer.reply)) }
  }

  /// The mean over the labels that are wanted somewhere.
  public func value(of parts: [Pair]) -> Double {
    let counts = LabelCounts(parts)
    // Sums in one order, so that every run gives the same bits.
    let labels = counts.wanted.keys.sorted { $0.text < $1.text }
    return labels.reduce(0) { $0 + counts.f1($1) } / Double(max(1, labels.count))
  }

  /// Precision, recall and F1 of every label, and how often each was taken for which.
  public func details(of parts: [Pair]) -> JSON? {
    let counts = LabelCounts(parts)
    let labels = counts.wanted.sorted { ($1.value, $0.key.text) < ($0.value, $1.key.text) }
    let classes = labels.map { label, rows -> (String, JSON) in
      (
        label.text,
        [
          "rows": .integer(rows), "precision": .number(counts.precision(label)),
          "recall": .number(counts.recall(label)), "f1": .number(counts.f1(label)),
        ]
      )
    }
    let confusion = counts.confusion.sorted {
      ($1.value, $0.key.wanted.text, $0.key.said.text) < (
        $0.value, $1.key.wanted.text, $1.key.said.text
      )
    }.map { pair, rows -> JSON in
      [
        "wanted": .string(pair.wanted.text), "said": .string(pair.said.text),
        "rows": .integer(rows),
      ]
    }
    return ["labels": JSON(members: classes), "confusion": .array(confusion)]
  }
}

/// A label as it is compared: without outer spaces, quotation marks, a final point and case.
struct Label: Sendable, Hashable {
  let text: String

  init(_ text: String) {
    let ends: Set<Character> = [".", "!", "\"", "'", "`", "“", "”"]
    var rest = text.trimmed
    while let last = rest.last, ends.contains(last) || last.isWhitespace { rest = rest.dropLast() }
    while let first = rest.first, ends.contains(first) { rest = rest.dropFirst() }
    self.text = rest.lowercased()
  }
}

/// How often labels were wanted, said, and met.
private struct LabelCounts {
  var wanted: [Label: Int] = [:]
  var said: [Label: Int] = [:]
  var met: [Label: Int] = [:]
  /// Pairs of unlike labels.
  var confusion: [MacroF1.Pair: Int] = [:]

  init(_ pairs: [MacroF1.Pair]) {
    for pair in pairs {
      wanted[pair.wanted, default: 0] += 1
      said[pair.said, default: 0] += 1
      if pair.wanted == pair.said {
        met[pair.wanted, default: 0] += 1
      } else {
        confusion[pair, default: 0] += 1
      }
    }
  }

  func precision(_ label: Label) -> Double { share(met[label], of: said[label]) }
  func recall(_ label: Label) -> Double { share(met[label], of: wanted[label]) }
  func f1(_ label: Label) -> Double {
    let all = (wanted[label] ?? 0) + (said[label] ?? 0)
    return share(2 * (met[label] ?? 0), of: all)
  }

  private func share(_ part: Int?, of whole: Int?) -> Double {
    guard let whole, whole > 0 else { return 0 }
    return Double(part ?? 0) / Double(whole)
  }
}

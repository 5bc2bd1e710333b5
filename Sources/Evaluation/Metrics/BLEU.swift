#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// BLEU of a corpus as sacrebleu computes it by default.
///
/// Words are cut by the rules of mteval-v13a, n-grams go up to four, and orders without a match are
/// smoothed exponentially (Papineni and others 2002; Post 2018).
public struct BLEU: ReplyMetric {
  /// `bleu`.
  public static let name = "bleu"
  /// What is measured.
  public static let summary = "BLEU of all replies, 0 to 100, as sacrebleu computes it"

  /// What a reply adds: lengths, n-grams and those of them that a reference has.
  public struct Counts: Sendable, Hashable {
    var length = 0
    var referenceLength = 0
    var totals = [0, 0, 0, 0]
    var matches = [0, 0, 0, 0]
  }

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The counts of a reply; nil without references.
  public func part(of answer: Answer) -> Counts? {
    guard !answer.references.isEmpty else { return nil }
    let said = MTEvalWords.words(of: answer.reply)
    let references = answer.references.map(MTEvalWords.words)
    var counts = Counts()
    counts.length = said.count
    // The reference whose length is nearest, the shorter of two.
    counts.referenceLength =
      references.map(\.count).min {
        (abs($0 - said.count), $0) < (abs($1 - said.count), $1)
      } ?? 0
    for order in 1...4 {
      let grams = Self.grams(said, order)
      var most: [ArraySlice<String>: Int] = [:]
      for reference in references {
        most.merge(Self.grams(reference, order), uniquingKeysWith: max)
      }
      counts.totals[order - 1] = max(0, said.count - order + 1)
      counts.matches[order - 1] = grams.reduce(0) { $0 + min($1.value, most[$1.key] ?? 0) }
    }
    return counts
  }

  private static func grams(_ words: [String], _ order: Int) -> [ArraySlice<String>: Int] {
    guard words.count >= order else { return [:] }
    return (0...(words.count - order)).reduce(into: [:]) { grams, start in
      grams[words[start..<start + order], default: 0] += 1
    }
  }

  /// 0…100.
  public func value(of parts: [Counts]) -> Double {
    let sum = parts.reduce(into: Counts()) { sum, part in
      sum.length += part.length
      sum.referenceLength += part.referenceLength
      sum.totals = zip(sum.totals, part.totals).map(+)
      sum.matches = zip(sum.matches, part.matches).map(+)
    }
    // Without any match the geometric mean is nothing, whatever smoothing would say.
    guard sum.matches.contains(where: { $0 > 0 }), sum.totals.allSatisfy({ $0 > 0 }) else {
      return 0
    }
    var smoothing = 1.0
    let logs = zip(sum.matches, sum.totals).map { matches, total in
      if matches == 0 { smoothing *= 2 }
      let share = matches == 0 ? 1 / smoothing : Double(matches)
      return log(100 * share / Double(total))
    }
    return brevity(sum) * exp(logs.reduce(0, +) / 4)
  }

  private func brevity(_ counts: Counts) -> Double {
    guard counts.length < counts.referenceLength else { return 1 }
    return exp(1 - Double(counts.referenceLength) / Double(counts.length))
  }
}

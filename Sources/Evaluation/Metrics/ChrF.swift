/// chrF of a corpus (Popović 2015) as sacrebleu computes it by default: n-grams of up to six
/// characters, white space aside, recall weighing twice as much as precision.
public struct ChrF: ReplyMetric {
  /// `chrf`.
  public static let name = "chrf"
  /// What is measured.
  public static let summary = "chrF of all replies, 0 to 100, as sacrebleu computes it"

  private static let orders = 6
  private static let squaredBeta = 4.0

  /// What a reply adds: for each order its n-grams, the reference's, and what both have.
  public struct Counts: Sendable, Hashable {
    var said = [Int](repeating: 0, count: ChrF.orders)
    var expected = [Int](repeating: 0, count: ChrF.orders)
    var shared = [Int](repeating: 0, count: ChrF.orders)
  }

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The counts beside the reference that the reply is best with; nil without references.
  public func part(of answer: Answer) -> Counts? {
    let said = Self.grams(answer.reply)
    var best: (counts: Counts, score: Double)?
    for reference in answer.references {
      let counts = Self.counts(said, Self.grams(reference))
      let score = Self.score(counts)
      if score > best?.score ?? -1 { best = (counts, score) }
    }
    return best?.counts
  }

  /// 0…100.
  public func value(of parts: [Counts]) -> Double {
    Self.score(
      parts.reduce(into: Counts()) { sum, part in
        sum.said = zip(sum.said, part.said).map(+)
        sum.expected = zip(sum.expected, part.expected).map(+)
        sum.shared = zip(sum.shared, part.shared).map(+)
      })
  }

  private typealias Grams = [ArraySlice<Unicode.Scalar>: Int]

  private static func grams(_ text: String) -> [Grams] {
    let scalars: [Unicode.Scalar] = text.unicodeScalars.filter { !PythonSpace.isSpace($0) }
    return (1...orders).map { order in
      guard scalars.count >= order else { return [:] }
      return (0...(scalars.count - order)).reduce(into: [:]) { grams, start in
        grams[scalars[start..<start + order], default: 0] += 1
      }
    }
  }

  private static func counts(_ said: [Grams], _ expected: [Grams]) -> Counts {
    var counts = Counts()
    for order in 0..<orders {
      // What no reference could have does not count against the reply.
      counts.said[order] = expected[order].isEmpty ? 0 : said[order].values.reduce(0, +)
      counts.expected[order] = expected[order].values.reduce(0, +)
      counts.shared[order] = said[order].reduce(0) { sum, gram in
        sum + min(gram.value, expected[order][gram.key] ?? 0)
      }
    }
    return counts
  }

  /// The F-score of mean precision and mean recall over the orders that both sides have.
  private static func score(_ counts: Counts) -> Double {
    let present = (0..<orders).filter { counts.said[$0] > 0 && counts.expected[$0] > 0 }
    guard !present.isEmpty else { return 0 }
    var (precision, recall) = (0.0, 0.0)
    for order in present {
      precision += Double(counts.shared[order]) / Double(counts.said[order])
      recall += Double(counts.shared[order]) / Double(counts.expected[order])
    }
    precision /= Double(present.count)
    recall /= Double(present.count)
    guard precision + recall > 0 else { return 0 }
    return 100 * (1 + squaredBeta) * precision * recall / (squaredBeta * precision + recall)
  }
}

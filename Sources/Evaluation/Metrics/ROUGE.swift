/// The F-measure of words or pairs of words that a reply shares with the reference (Lin 2004), as the
/// package rouge-score computes it.
enum ROUGE {
  /// The words: lower case, of ASCII letters and digits only; longer ones stemmed on request.
  static func words(_ text: String, stemmed: Bool) -> [String] {
    let words = text.lowercased().unicodeScalars.split { scalar in
      !("a"..."z").contains(scalar) && !("0"..."9").contains(scalar)
    }.map { String($0) }
    return stemmed ? words.map { $0.utf8.count > 3 ? PorterStemmer.stem($0) : $0 } : words
  }

  static func overlap(_ said: [String], _ expected: [String], order: Int) -> Double {
    let (a, b) = (grams(said, order), grams(expected, order))
    let shared = a.reduce(0) { $0 + min($1.value, b[$1.key] ?? 0) }
    return measure(
      shared, of: a.values.reduce(0, +), and: b.values.reduce(0, +))
  }

  /// By the longest common subsequence.
  static func subsequence(_ said: [String], _ expected: [String]) -> Double {
    var previous = [Int](repeating: 0, count: expected.count + 1)
    for word in said {
      var current = [0]
      current.reserveCapacity(previous.count)
      for (place, other) in expected.enumerated() {
        current.append(
          word == other ? previous[place] + 1 : max(previous[place + 1], current[place]))
      }
      previous = current
    }
    return measure(previous[expected.count], of: said.count, and: expected.count)
  }

  private static func grams(_ words: [String], _ order: Int) -> [ArraySlice<String>: Int] {
    guard words.count >= order else { return [:] }
    return (0...(words.count - order)).reduce(into: [:]) { grams, start in
      grams[words[start..<start + order], default: 0] += 1
    }
  }

  private static func measure(_ shared: Int, of said: Int, and expected: Int) -> Double {
    let precision = Double(shared) / Double(max(1, said))
    let recall = Double(shared) / Double(max(1, expected))
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
  }
}

/// ROUGE-1: shared words.
public struct ROUGE1: ReplyMetric, MeanMetric {
  /// `rouge1`.
  public static let name = "rouge1"
  /// What is measured.
  public static let summary = "mean F-measure of shared words"
  /// Whether words are stemmed first.
  public static let settingNames = ["use_stemmer"]
  private let isStemmed: Bool

  /// With its settings.
  public init(_ settings: MetricSettings) throws { isStemmed = try settings.flag("use_stemmer") }

  /// 0…1, beside the best reference; nil without references.
  public func part(of answer: Answer) -> Double? {
    let said = ROUGE.words(answer.reply, stemmed: isStemmed)
    return answer.best { ROUGE.overlap(said, ROUGE.words($0, stemmed: isStemmed), order: 1) }
  }
}

/// ROUGE-2: shared pairs of words.
public struct ROUGE2: ReplyMetric, MeanMetric {
  /// `rouge2`.
  public static let name = "rouge2"
  /// What is measured.
  public static let summary = "mean F-measure of shared pairs of words"
  /// Whether words are stemmed first.
  public static let settingNames = ["use_stemmer"]
  private let isStemmed: Bool

  /// With its settings.
  public init(_ settings: MetricSettings) throws { isStemmed = try settings.flag("use_stemmer") }

  /// 0…1, beside the best reference; nil without references.
  public func part(of answer: Answer) -> Double? {
    let said = ROUGE.words(answer.reply, stemmed: isStemmed)
    return answer.best { ROUGE.overlap(said, ROUGE.words($0, stemmed: isStemmed), order: 2) }
  }
}

/// ROUGE-L: the longest common subsequence of words.
public struct ROUGEL: ReplyMetric, MeanMetric {
  /// `rougeL`.
  public static let name = "rougeL"
  /// What is measured.
  public static let summary = "mean F-measure of the longest common subsequence of words"
  /// Whether words are stemmed first.
  public static let settingNames = ["use_stemmer"]
  private let isStemmed: Bool

  /// With its settings.
  public init(_ settings: MetricSettings) throws { isStemmed = try settings.flag("use_stemmer") }

  /// 0…1, beside the best reference; nil without references.
  public func part(of answer: Answer) -> Double? {
    let said = ROUGE.words(answer.reply, stemmed: isStemmed)
    return answer.best { ROUGE.subsequence(said, ROUGE.words($0, stemmed: isStemmed)) }
  }
}

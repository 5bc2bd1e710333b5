#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether the model would have said the text by itself.
public struct GreedyAccuracy: LikelihoodMetric, MeanMetric {
  /// `acc`.
  public static let name = "acc"
  /// What is measured.
  public static let summary = "share of texts that are the greedy continuation"

  /// Whether each token was the likeliest.
  public static let needs: Set<MetricNeed> = [.greedy]

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0.
  public func part(of scored: ScoredText) -> Double? { scored.isGreedy ? 1 : 0 }
}

/// The perplexity of a text as a whole.
public struct Perplexity: LikelihoodMetric {
  /// `perplexity`.
  public static let name = "perplexity"
  /// What is measured.
  public static let summary = "exp of the mean negative log-likelihood a text"
  /// Less is better.
  public static let isHigherBetter = false

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The text's log-likelihood, nats.
  public func part(of scored: ScoredText) -> Double? { scored.logLikelihood }

  /// From 1.
  public func value(of parts: [Double]) -> Double {
    exp(-parts.reduce(0, +) / Double(parts.count))
  }
}

/// Texts' log-likelihood, and how long they are in some unit.
public struct LikelihoodSum: Sendable, Hashable {
  /// Nats.
  var logLikelihood: Double
  /// Words, or bytes.
  var length: Int

  /// Nats a unit over all texts, negated.
  static func rate(_ sums: [LikelihoodSum]) -> Double {
    let length = sums.reduce(0) { $0 + $1.length }
    return -sums.reduce(0) { $0 + $1.logLikelihood } / Double(length)
  }
}

/// The perplexity a word, words being what stands between white space.
public struct WordPerplexity: LikelihoodMetric {
  /// `word_perplexity`.
  public static let name = "word_perplexity"
  /// What tasks call a mean over units.
  public static let aggregation = "weighted_perplexity"
  /// What is measured.
  public static let summary = "exp of the negative log-likelihood a word"
  /// Less is better.
  public static let isHigherBetter = false

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The text's log-likelihood and its words.
  public func part(of scored: ScoredText) -> LikelihoodSum? {
    LikelihoodSum(
      logLikelihood: scored.logLikelihood, length: PythonSpace.pieces(of: scored.text))
  }

  /// From 1.
  public func value(of parts: [LikelihoodSum]) -> Double { exp(LikelihoodSum.rate(parts)) }
}

/// The perplexity a byte of UTF-8.
public struct BytePerplexity: LikelihoodMetric {
  /// `byte_perplexity`.
  public static let name = "byte_perplexity"
  /// What tasks call a mean over units.
  public static let aggregation = "weighted_perplexity"
  /// What is measured.
  public static let summary = "exp of the negative log-likelihood a byte of UTF-8"
  /// Less is better.
  public static let isHigherBetter = false

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The text's log-likelihood and its bytes.
  public func part(of scored: ScoredText) -> LikelihoodSum? {
    LikelihoodSum(logLikelihood: scored.logLikelihood, length: scored.text.utf8.count)
  }

  /// From 1.
  public func value(of parts: [LikelihoodSum]) -> Double { exp(LikelihoodSum.rate(parts)) }
}

/// How many bits the model needs for a byte of UTF-8.
public struct BitsPerByte: LikelihoodMetric {
  /// `bits_per_byte`.
  public static let name = "bits_per_byte"
  /// What is measured.
  public static let summary = "bits that the model needs for a byte of UTF-8"
  /// Less is better.
  public static let isHigherBetter = false

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The text's log-likelihood and its bytes.
  public func part(of scored: ScoredText) -> LikelihoodSum? {
    LikelihoodSum(logLikelihood: scored.logLikelihood, length: scored.text.utf8.count)
  }

  /// From 0.
  public func value(of parts: [LikelihoodSum]) -> Double { LikelihoodSum.rate(parts) / log(2) }
}

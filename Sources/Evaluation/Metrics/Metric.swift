public import AnnealFiles

/// A measure of what a model did on rows: what each row adds, and what the rows make together.
///
/// A mean of scores conforms to `MeanMetric` and says only how a row is scored. A metric of the
/// whole, such as BLEU or macro-F1, has parts of its own (counts, say) and puts them together, for
/// all rows and for every resample of them. What it looks at is decided by the kind of outcome:
/// `ReplyMetric`, `ChoiceMetric` or `LikelihoodMetric`.
public protocol Metric: Sendable {
  /// What the model did on a row.
  associatedtype Outcome: Sendable
  /// What a row adds.
  associatedtype Part: Sendable

  /// The name by which `--metrics` and a task's `metric_list` ask for it.
  static var name: String { get }
  /// One line on what is measured.
  static var summary: String { get }
  /// Whether more is better.
  static var isHigherBetter: Bool { get }
  /// Whether the value is a share, 0…1, that people read as per cent.
  static var isShare: Bool { get }
  /// What a task's `aggregation` calls the way its rows are put together.
  static var aggregation: String { get }
  /// What must be asked of the model beside what every metric of its kind gets.
  static var needs: Set<MetricNeed> { get }
  /// The settings it knows, by their keys.
  static var settingNames: [String] { get }

  /// The metric with its settings.
  ///
  /// - Throws: `AnnealError` when a setting is of a wrong type or value.
  init(_ settings: MetricSettings) throws

  /// What a row adds; nil where there is nothing to measure.
  func part(of outcome: Outcome) throws -> Part?
  /// The value of rows together; `parts` may be a resample with repeats, and is never empty.
  func value(of parts: [Part]) -> Double
  /// More to report than a number, such as a confusion matrix.
  func details(of parts: [Part]) -> JSON?
}

extension Metric {
  /// More is better, as of most.
  public static var isHigherBetter: Bool { true }
  /// A mean is a share, unless it says otherwise.
  public static var isShare: Bool { Self.self is any MeanMetric.Type }
  /// `mean`, or the metric's own name.
  public static var aggregation: String { Self.self is any MeanMetric.Type ? "mean" : name }
  /// Nothing more.
  public static var needs: Set<MetricNeed> { [] }
  /// None.
  public static var settingNames: [String] { [] }
  /// Nothing more.
  public func details(of parts: [Part]) -> JSON? { nil }
}

/// What a metric needs that is not asked of a model unless somebody wants it.
public enum MetricNeed: Sendable, Hashable {
  /// Whether each scored token was the likeliest one.
  case greedy
  /// The likelihood of answers without their question.
  case unconditional
}

/// A metric that is the mean of a score a row.
///
/// Its standard error is that of a mean; others are resampled.
public protocol MeanMetric: Metric where Part == Double {}

extension MeanMetric {
  /// The mean.
  public func value(of parts: [Double]) -> Double {
    parts.reduce(0, +) / Double(max(1, parts.count))
  }
}

/// A metric of what a model said.
public protocol ReplyMetric: Metric where Outcome == Answer {}

/// A metric of how likely a model found each of several answers.
public protocol ChoiceMetric: Metric where Outcome == ScoredChoices {}

/// A metric of how likely a model found a text.
public protocol LikelihoodMetric: Metric where Outcome == ScoredText {}

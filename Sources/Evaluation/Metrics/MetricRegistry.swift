internal import AnnealFiles

/// The metrics that can be asked for: an immutable list, to which a program may add its own.
public struct MetricRegistry: Sendable {
  private let metrics: [any Metric.Type]

  /// A registry of `metrics`.
  public init(_ metrics: [any Metric.Type]) { self.metrics = metrics }

  /// The metrics that come with Anneal.
  public static let builtin = MetricRegistry([
    ExactMatch.self,
    JSONValidity.self,
    JSONMatch.self,
    TokenF1.self,
    LabelAccuracy.self,
    MacroF1.self,
    FieldF1.self,
    SchemaValidity.self,
    UnsupportedClaims.self,
    StyleMatch.self,
    RefusalRate.self,
    Repetition.self,
    ReplyLength.self,
    BLEU.self,
    ChrF.self,
    ROUGE1.self,
    ROUGE2.self,
    ROUGEL.self,
    PassAtOne.self,
    StrictPrompts.self,
    StrictInstructions.self,
    LoosePrompts.self,
    LooseInstructions.self,
    ChoiceAccuracy.self,
    NormalizedAccuracy.self,
    ByteAccuracy.self,
    MutualInformationAccuracy.self,
    GreedyChoice.self,
    ChoiceF1.self,
    BrierScore.self,
    TruthfulShare.self,
    SingleTruth.self,
    GreedyAccuracy.self,
    Perplexity.self,
    WordPerplexity.self,
    BytePerplexity.self,
    BitsPerByte.self,
  ])

  /// This registry and one metric more.
  public func adding(_ metric: any Metric.Type) -> MetricRegistry {
    MetricRegistry(metrics + [metric])
  }

  /// The names of metrics of replies, which `--metrics` can ask for.
  public var names: [String] { metrics.compactMap { ($0 as? any ReplyMetric.Type)?.name } }

  /// The metrics of replies, each with a line on what it measures.
  public var summaries: [(name: String, summary: String)] {
    metrics.compactMap { $0 as? any ReplyMetric.Type }.map { ($0.name, $0.summary) }
  }

  /// The metric of replies called `name`.
  public func replyMetric(
    _ name: String, _ settings: MetricSettings = MetricSettings()
  ) throws -> any ReplyMetric {
    let found = try find(name, settings, "of replies") { $0 as? any ReplyMetric.Type }
    return try found.init(settings)
  }

  /// The metric of choices called `name`.
  public func choiceMetric(
    _ name: String, _ settings: MetricSettings = MetricSettings()
  ) throws -> any ChoiceMetric {
    let found = try find(name, settings, "of choices") { $0 as? any ChoiceMetric.Type }
    return try found.init(settings)
  }

  /// The metric of a text's likelihood called `name`.
  public func likelihoodMetric(
    _ name: String, _ settings: MetricSettings = MetricSettings()
  ) throws -> any LikelihoodMetric {
    let found = try find(name, settings, "of likelihoods") { $0 as? any LikelihoodMetric.Type }
    return try found.init(settings)
  }

  /// The metric called `name` among those that `kind` takes, its settings' keys checked.
  private func find<Kind>(
    _ name: String, _ settings: MetricSettings, _ what: String,
    _ kind: (any Metric.Type) -> Kind?
  ) throws -> Kind {
    let candidates = metrics.filter { kind($0) != nil }
    guard let metric = candidates.first(where: { $0.name == name }), let found = kind(metric)
    else {
      let names = candidates.map { $0.name }
      let guess = nearest(to: name, among: names).map { " Did you mean \($0)?" } ?? ""
      throw AnnealError(
        .usage, "there is no metric \(what) called '\(name)'", at: settings.place,
        remedy: "There are: \(names.joined(separator: ", ")).\(guess)")
    }
    try settings.check(known: metric.settingNames, name: name)
    return found
  }
}

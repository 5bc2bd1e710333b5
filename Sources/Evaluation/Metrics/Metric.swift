/// How good a reply is, beside the one that was hoped for.
public protocol Metric: Sendable {
  /// The name by which `--metrics` asks for it.
  static var name: String { get }
  /// One line on what is measured.
  static var summary: String { get }
  /// 0…1, 1 is best.
  static func score(_ reply: String, reference: String) -> Double
}

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
  ])

  /// This registry and one metric more.
  public func adding(_ metric: any Metric.Type) -> MetricRegistry {
    MetricRegistry(metrics + [metric])
  }

  /// The metrics' names.
  public var names: [String] { metrics.map { $0.name } }

  /// The metric called `name`.
  public func metric(_ name: String) -> (any Metric.Type)? { metrics.first { $0.name == name } }
}

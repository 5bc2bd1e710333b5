internal import AnnealFiles

/// Whether the reply is one JSON value and nothing else.
public struct JSONValidity: ReplyMetric, MeanMetric {
  /// `json_valid`.
  public static let name = "json_valid"
  /// What is measured.
  public static let summary = "share of replies that are one valid JSON object or array"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0; a bare number or word is no structured output.
  public func part(of answer: Answer) -> Double? {
    guard let value = try? JSON(parsing: answer.reply) else { return 0 }
    return value.object != nil || value.array != nil ? 1 : 0
  }
}

/// Whether the reply is the same JSON value as the reference, whatever its spaces and key order.
public struct JSONMatch: ReplyMetric, MeanMetric {
  /// `json_match`.
  public static let name = "json_match"
  /// What is measured.
  public static let summary = "share of replies that are the reference's JSON value"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0, by whichever reference fits; nil without references.
  public func part(of answer: Answer) -> Double? {
    let value = try? JSON(parsing: answer.reply).sorted
    return answer.best { reference in
      guard let value, let expected = try? JSON(parsing: reference).sorted else { return 0 }
      return value == expected ? 1 : 0
    }
  }
}

extension JSON {
  /// The value with the keys of every object in alphabetical order.
  fileprivate var sorted: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.sorted))
    case .object:
      JSON(members: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted) })
    default: self
    }
  }
}

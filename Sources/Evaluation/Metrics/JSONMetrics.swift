internal import AnnealFiles

/// Whether the reply is one JSON value and nothing else.
public enum JSONValidity: Metric {
  /// `json_valid`.
  public static let name = "json_valid"
  /// What is measured.
  public static let summary = "share of replies that are one valid JSON object or array"

  /// 1 or 0; a bare number or word is no structured output.
  public static func score(_ reply: String, reference: String) -> Double {
    guard let value = try? JSON(parsing: reply) else { return 0 }
    return value.object != nil || value.array != nil ? 1 : 0
  }
}

/// Whether the reply is the same JSON value as the reference, whatever its spaces and key order.
public enum JSONMatch: Metric {
  /// `json_match`.
  public static let name = "json_match"
  /// What is measured.
  public static let summary = "share of replies that are the reference's JSON value"

  /// 1 or 0.
  public static func score(_ reply: String, reference: String) -> Double {
    guard let value = try? JSON(parsing: reply), let expected = try? JSON(parsing: reference)
    else { return 0 }
    return value.sorted == expected.sorted ? 1 : 0
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

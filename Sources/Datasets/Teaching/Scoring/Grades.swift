internal import AnnealFiles

/// The grades that several votes gave a row by one criterion.
public struct Grades: Sendable, Hashable {
  /// The median, 1 to 5.
  public let median: Double
  /// The highest less the lowest.
  public let spread: Double
  /// The reason of the first vote that gave the median, or came nearest.
  public let reason: String

  /// The grades of `votes`; nil when there are none.
  init?(_ votes: [(grade: Double, reason: String)]) {
    let sorted = votes.map(\.grade).sorted()
    guard let low = sorted.first, let high = sorted.last else { return nil }
    let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    self.median = median
    spread = high - low
    let nearest = votes.min { abs($0.grade - median) < abs($1.grade - median) }
    reason = nearest?.reason ?? ""
  }

  /// The members that a row keeps.
  var json: JSON {
    ["grade": Self.short(median), "spread": Self.short(spread), "reason": .string(reason)]
  }

  private static func short(_ value: Double) -> JSON {
    Int(exactly: value).map(JSON.integer) ?? .number(value)
  }

  /// What a vote may look like: a grade, or an object with a grade and a reason.
  static let schema: JSON = {
    let grade: JSON = [
      "anyOf": [
        ["type": "number", "minimum": 1, "maximum": 5],
        ["type": "string", "pattern": #"^\s*[1-5](\.[0-9]+)?\s*(/\s*5)?\s*$"#],
      ]
    ]
    let members: JSON = Schemas.object(required: ["grade": grade])
    return ["anyOf": [grade, members]]
  }()

  /// The grade and the reason that fit the schema.
  static func vote(_ value: JSON?) -> (grade: Double, reason: String)? {
    let grade = value?["grade"] ?? value
    let number =
      grade?.number
      ?? grade?.string.flatMap { text in
        Double(text.filter { !$0.isWhitespace }.prefix { $0 != "/" })
      }
    guard let number, number >= 1, number <= 5 else { return nil }
    return (number, value?["reason"]?.string ?? "")
  }
}

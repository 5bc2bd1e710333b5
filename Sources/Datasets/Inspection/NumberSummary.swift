internal import AnnealFiles

/// The numbers of a field, such as the scores that a judge gave.
public struct NumberSummary: Sendable, Hashable {
  /// The field, with the field that holds it before a point.
  public let name: String
  /// How many rows have it.
  public private(set) var count = 0
  /// The least value.
  public private(set) var least = Double.infinity
  /// The greatest value.
  public private(set) var greatest = -Double.infinity
  private var sum = 0.0
  /// Rows by value, while there are few values, as of scores from 1 to 5.
  private var counts: [Double: Int] = [:]

  /// More values than these are no grades.
  private static let mostGrades = 12

  init(name: String) { self.name = name }

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    (least, greatest) = (min(least, value), max(greatest, value))
    if counts.count <= Self.mostGrades { counts[value, default: 0] += 1 }
  }

  /// The mean.
  public var mean: Double { count > 0 ? sum / Double(count) : 0 }

  /// Values and how many rows have them, from the least; empty when there are many.
  public var grades: [(value: Double, rows: Int)] {
    guard counts.count <= Self.mostGrades else { return [] }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The numbers of `fields`: those of the row itself, and of objects in it.
  static func values(of fields: JSON) -> [(name: String, value: Double)] {
    fields.members.flatMap { name, value -> [(name: String, value: Double)] in
      if let number = number(value) { return [(name, number)] }
      return value.members.compactMap { key, inner in
        number(inner).map { ("\(name).\(key)", $0) }
      }
    }
  }

  private static func number(_ value: JSON) -> Double? {
    guard let number = value.number, number.isFinite else { return nil }
    return number
  }

  var json: JSON {
    [
      "name": .string(name), "rows": .integer(count), "mean": .number(mean),
      "least": .number(count > 0 ? least : 0), "greatest": .number(count > 0 ? greatest : 0),
      "values": .array(grades.map { ["value": .number($0.value), "rows": .integer($0.rows)] }),
    ]
  }
}

public import AnnealFiles

/// What groups do to a split by time: all rows of one go where the latest of them goes.
public struct TimeCrossings: Sendable {
  /// A row that is held out although it is earlier than what is held out for its time.
  public struct Moved: Sendable {
    /// The row.
    public let place: AnnealError.Place
    /// The later row that it goes with.
    public let other: AnnealError.Place
    /// Whether both have one value of the field that makes groups; else they are nearly the same, or
    /// linked by others that are.
    public let isOfField: Bool
  }

  /// The field with the time.
  public let field: String
  /// The field that makes groups, when one was given.
  public let groupBy: String?
  /// The rows that are held out because of their groups.
  public let moved: [Moved]
  /// Rows of training that are later than the first row that is held out.
  public let laterTraining: Int

  /// The crossings of `parts`: validation, test and training.
  init?(
    of rows: Dataset<Row>, _ settings: PreparedSplit.Settings, times: [Double], groups: [UInt64],
    _ parts: [[Int]]
  ) {
    guard let field = settings.timeBy, let training = parts.last else { return nil }
    (self.field, groupBy) = (field, settings.groupBy)
    // Of each group the latest row.
    var latest: [UInt64: Int] = [:]
    for (row, group) in groups.enumerated() {
      if let known = latest[group], times[known] >= times[row] { continue }
      latest[group] = row
    }
    var moved: [Moved] = []
    for part in parts.dropLast() {
      guard let from = part.map({ times[latest[groups[$0]] ?? $0] }).min() else { continue }
      for row in part where times[row] < from {
        let other = latest[groups[row]] ?? row
        let isOfField =
          settings.groupBy.map { rows[row].fields[$0] == rows[other].fields[$0] } ?? false
        moved.append(
          Moved(place: rows.places[row], other: rows.places[other], isOfField: isOfField))
      }
    }
    self.moved = moved
    let first = parts.dropLast().joined().map { times[$0] }.min()
    laterTraining = first.map { first in training.count { times[$0] > first } } ?? 0
  }

  /// A sentence on them; nil when there are none.
  public var note: String? {
    guard let first = moved.first else { return nil }
    let rows = moved.count == 1 ? "1 row is" : "\(grouped(moved.count)) rows are"
    let ofField = moved.count { $0.isOfField }
    var reasons: [String] = []
    if let groupBy, ofField > 0 {
      reasons.append("\(grouped(ofField)) by a later row of one '\(groupBy)'")
    }
    if ofField < moved.count {
      reasons.append("\(grouped(moved.count - ofField)) by a later row that is nearly the same")
    }
    let training =
      laterTraining == 1 ? "1 row of training is" : "\(grouped(laterTraining)) rows of training are"
    return "\(rows) held out though earlier by '\(field)' than what is held out for its time: "
      + "\(reasons.joined(separator: ", ")); the first: \(first.place), by \(first.other); "
      + "\(training) later than the first row held out"
  }

  /// The crossings as a report has them.
  var json: JSON {
    let ofField = moved.count { $0.isOfField }
    return [
      "field": .string(field), "held_out_by_group": .integer(moved.count),
      "by_field": .integer(ofField), "by_likeness": .integer(moved.count - ofField),
      "first": .array(moved.prefix(5).map { .string("\($0.place), by \($0.other)") }),
      "training_after_first_held_out": .integer(laterTraining),
    ]
  }
}

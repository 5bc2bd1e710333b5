public import AnnealFiles
public import AnnealText
internal import OrderedCollections

/// What came of a teacher's work: the rows, and those that are not kept, with the reasons.
public struct TeachingResult: Sendable {
  /// A row that is not kept.
  public struct Rejected: Sendable {
    /// The kind of reason, for counts.
    public var reason: String
    /// What was found.
    public var detail: String
    /// The row that it came from.
    public var place: AnnealError.Place
    /// What the row says.
    public var row: JSON

    /// The row as a line of the side file.
    var json: JSON {
      [
        "reason": .string(reason), "detail": .string(detail), "at": .string("\(place)"), "row": row,
      ]
    }
  }

  /// Rows, or questions, that were read.
  public let read: Int
  /// What is kept, in the order of the input.
  public internal(set) var rows: [JSON] = []
  /// What is not, in the same order.
  public private(set) var rejected: [Rejected] = []
  /// What it took.
  public private(set) var effort = TeachingEffort()
  /// Questions whose request failed: asking again may help.
  public private(set) var unanswered = 0

  init(read: Int) { self.read = read }

  /// Counts what an answer took.
  mutating func count(_ answer: TeacherAnswer) {
    effort = effort + answer.effort
    unanswered += answer.problems.count { $0.kind == .unanswered }
  }

  /// Counts what an answer took, and keeps what of it could not be used.
  mutating func add(_ answer: TeacherAnswer, at place: AnnealError.Place, row: JSON = .null) {
    count(answer)
    for (kind, detail) in answer.problems {
      reject(row, kind.rawValue, detail, at: place)
    }
  }

  mutating func reject(
    _ row: JSON, _ reason: String, _ detail: String, at place: AnnealError.Place
  ) {
    rejected.append(Rejected(reason: reason, detail: detail, place: place, row: row))
  }

  /// How many rows were not kept, by the reason, the most frequent first.
  public var reasons: [(reason: String, count: Int)] {
    var counts: OrderedDictionary<String, Int> = [:]
    for row in rejected { counts[row.reason, default: 0] += 1 }
    return counts.map { ($0.key, $0.value) }.sorted {
      ($1.count, $0.reason) < ($0.count, $1.reason)
    }
  }

  /// Fails when requests did and no row came: nothing is written to `output` then.
  public func checkAnswered(_ output: String) throws {
    guard rows.isEmpty, unanswered > 0, let first = rejected.first else { return }
    let all = reasons.map { "\(grouped($0.count)) \($0.reason)" }.joined(separator: ", ")
    throw AnnealError(
      .failed, "no row came of it (\(all)); the first: \(first.detail)", at: first.place,
      remedy:
        "\(output) is left as it was; mend the cause, and run the same again: nothing that was "
        + "answered is asked for twice.")
  }

  /// Writes the rows to `output`, and what is not kept beside it, where there is something.
  public func write(to output: String) throws {
    let side = SideFile.rejected.path(beside: output)
    if rejected.isEmpty {
      // What an earlier time did not keep is not this one's.
      try Folder.remove(side)
    } else {
      try AtomicFile.write(to: side) { file in
        for row in rejected { try file.write(row.json.text(.spaced) + "\n") }
      }
    }
    try AtomicFile.write(to: output) { file in
      for row in rows { try file.write(row.text(.spaced) + "\n") }
    }
  }

  /// The members of a report.
  public func json(_ prices: TokenPrices?) -> JSON {
    [
      "read": .integer(read), "rows": .integer(rows.count), "rejected": .integer(rejected.count),
      "reasons": JSON(members: reasons.map { ($0.reason, .integer($0.count)) }),
      "unanswered": .integer(unanswered), "effort": effort.json(prices),
    ]
  }
}

internal import AnnealFiles

/// Tells how evenly rows are spread over classes, and limits those that have too many.
public struct ClassBalance: CleaningStage {
  /// `class-balance`.
  public static let name = "class-balance"
  /// What it does.
  public static let summary = "Counts rows by class, and keeps at most so many of each."
  /// The field, and how many rows a class may have.
  public static let settings = [
    StageSetting("by", "", "The field that is the class; the label of classification by default."),
    StageSetting(
      "max_per_class", nil, "The most rows of a class; which are kept is drawn by seed."),
    StageSetting("seed", 17, "Which rows are kept."),
  ]
  /// Classes are counted over all rows.
  public static let needsAllRows = true

  private let field: String
  private let most: Int?
  private let seed: Int

  /// A stage with `settings`.
  public init(_ settings: StageSettings) {
    field = settings.text("by")
    most = settings.integer("max_per_class")
    seed = settings.integer("seed") ?? 17
  }

  /// Counts the classes.
  public func judge(of rows: RowSpool) throws -> any RowJudge {
    let field = field
    let classes = try ParallelRows.map(rows.count, filler: String?.none) { index in
      let row = try rows.row(index)
      if field.isEmpty { return row.label }
      return row.row.fields[field].map { $0.string ?? $0.text() }
    }
    var members: [String: [Int]] = [:]
    for (row, name) in classes.enumerated() {
      if let name { members[name, default: []].append(row) }
    }
    return FoundVerdicts(verdicts: try surplus(members, rows), notes: notes(members))
  }

  /// The rows beyond the limit; which ones depends on their contents, not on their places.
  private func surplus(_ members: [String: [Int]], _ rows: RowSpool) throws -> [Int: RowVerdict] {
    guard let most else { return [:] }
    var verdicts: [Int: RowVerdict] = [:]
    for (name, members) in members where members.count > most {
      let ranked = try members.map { row in
        let print = Fingerprint.of(try rows.fields(row).text())
        var numbers = SeededNumbers(UInt64(bitPattern: Int64(seed)), print)
        return (rank: numbers.next(), row: row)
      }
      for surplus in ranked.sorted(by: { $0 < $1 }).dropFirst(most) {
        verdicts[surplus.row] = .drop(Finding("its class has more than \(most) rows", name))
      }
    }
    return verdicts
  }

  private func notes(_ members: [String: [Int]]) -> [String] {
    let counts = members.map { (rows: $0.value.count, name: $0.key) }
      .sorted { ($1.rows, $0.name) < ($0.rows, $1.name) }
    guard let largest = counts.first, let smallest = counts.last else {
      return ["no row has a class"]
    }
    let total = counts.reduce(0) { $0 + $1.rows }
    let shown = counts.prefix(10).map { "\($0.name) \(grouped($0.rows))" }.joined(separator: ", ")
    var notes = ["\(grouped(counts.count)) classes: \(shown)" + (counts.count > 10 ? ", …" : "")]
    if largest.rows > 10 * smallest.rows {
      notes.append(
        "'\(largest.name)' has \(percent(largest.rows, of: total)) of the rows, more than ten times "
          + "as many as '\(smallest.name)' (\(grouped(smallest.rows)))")
    }
    return notes
  }
}

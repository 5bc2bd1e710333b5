internal import AnnealFiles

extension PreparedSplit {
  /// How rows are divided.
  struct Division: Sendable {
    /// The rows of validation, test and training.
    var parts: [[Int]]
    /// How they were divided.
    var settings: Settings
    /// Why shares were kept exactly though that was not asked for.
    var exactness: String?
    /// What groups did to a split by time.
    var crossings: TimeCrossings?
  }

  /// Divides `rows` as `settings` say; by exact shares where a part would be empty.
  static func division(
    of rows: Dataset<Row>, _ settings: Settings, _ formats: [String: any DatasetFormat.Type]
  ) throws -> Division {
    let clusters = try settings.together.map { search in
      try Repetitions(count: rows.count, near: search) { index in
        CleaningRow(row: rows[index], number: 0, format: formats[rows[index].file])
      }.clusters
    }
    let plan = SplitPlan(
      shares: [settings.validation, settings.test],
      groups: try SplitGroups.keys(rows, field: settings.groupBy, clusters: clusters),
      seed: settings.seed)
    if let field = settings.timeBy {
      let times = try SplitGroups.times(of: field, in: rows)
      let parts = plan.parts(.byTime(times))
      return Division(
        parts: parts, settings: settings,
        crossings: TimeCrossings(of: rows, settings, times: times, groups: plan.groups, parts))
    }
    var choice = settings.isStable ? SplitPlan.Choice.stable : .exact
    if let field = settings.stratifyBy {
      choice = .stratified(
        try rows.map { try SplitGroups.value(of: field, in: $0).text() }.elements)
    }
    let (parts, isExact) = plan.filledParts(choice)
    guard isExact else { return Division(parts: parts, settings: settings) }
    var used = settings
    (used.isStable, used.stratifyBy) = (false, nil)
    return Division(parts: parts, settings: used, exactness: reason(settings))
  }

  /// Why shares are kept exactly, and what that means.
  private static func reason(_ settings: Settings) -> String {
    let why =
      settings.stratifyBy.map {
        "the values of '\($0)' have too few rows each to be spread over all parts"
      } ?? "there are too few rows or groups to fill each part by content alone"
    return why + ", so the shares are kept exactly instead, as by --exact; adding rows may then "
      + "move a few others from one part to another"
  }

  /// The parts among `checked` (test, validation, train) that have no row, though a share was asked
  /// for.
  ///
  /// - Throws: `AnnealError` when that is the training's.
  static func emptyParts(
    _ checked: [Dataset<Row>], of rows: Int, _ settings: Settings
  ) throws -> [String] {
    guard !checked[2].isEmpty else {
      throw AnnealError(
        .data,
        "no row is left to train on: of \(grouped(rows)), \(grouped(checked[1].count)) went to "
          + "validation and \(grouped(checked[0].count)) to test",
        remedy: "Give smaller --val-size and --test-size, or look at what --on-leak drop left out.")
    }
    var names: [String] = []
    if settings.validation > 0, checked[1].isEmpty { names.append("validation") }
    if settings.test > 0, checked[0].isEmpty { names.append("test") }
    return names
  }

  /// A sentence on the parts that were asked for and have no row; nil when there is none.
  public var emptiness: String? {
    guard !emptyParts.isEmpty else { return nil }
    return
      "no row fell to \(emptyParts.joined(separator: " and ")), of \(grouped(rows)) that were "
      + "read; give more rows, a larger share, or --exact where shares are about"
  }

  /// Sentences on what came of the division other than asked.
  public var divisionNotes: [String] {
    [exactness, crossings?.note, emptiness].compactMap(\.self)
  }
}

internal import AnnealFiles

extension Leak: CustomStringConvertible {
  /// `file:line (train) is exact with file:line (test)`.
  public var description: String {
    "\(place) (\(part)) repeats \(other) (\(otherPart ?? "benchmark")), \(kind.rawValue)"
  }
}

extension PreparedSplit {
  /// A sentence on the leaks; nil when there are none.
  public var leakage: String? {
    guard !leaks.isEmpty else { return nil }
    let rows = leaks.count == 1 ? "1 row repeats" : "\(grouped(leaks.count)) rows repeat"
    let done = policy == .drop ? "left out" : "kept"
    return "\(rows) another part or a benchmark, and \(leaks.count == 1 ? "is" : "are") \(done) "
      + "(leaks.jsonl); the first: " + leaks[0].description
  }

  /// The rows of `parts` after the check that `settings` ask for, and what it found.
  ///
  /// - Throws: `AnnealError` of kind `gate` when leaks end the work.
  static func checked(
    _ parts: [LeakageCheck.Part], _ settings: Settings, registry: FormatRegistry
  ) throws -> (parts: [Dataset<Row>], leaks: [Leak]) {
    guard let policy = settings.onLeak else { return (parts.map(\.rows), []) }
    var leaks = try LeakageCheck(settings: settings.together ?? .init()).leaks(parts)
    if !settings.benchmarks.isEmpty {
      leaks += try contamination(of: parts, settings, known: leaks, registry: registry)
    }
    if policy == .stop, let first = leaks.first {
      throw AnnealError(
        .gate,
        "\(grouped(leaks.count)) rows repeat another part or a benchmark; the first: \(first)",
        at: first.place,
        remedy: "Leave them out with --on-leak drop, or keep rows together with --group-by.")
    }
    guard policy == .drop else { return (parts.map(\.rows), leaks) }
    let kept = parts.map { part in
      let leaking = Set(leaks.filter { $0.part == part.name }.map(\.row))
      return part.rows.selecting(part.rows.indices.filter { !leaking.contains($0) })
    }
    return (kept, leaks)
  }

  /// Rows to learn from, or to choose a checkpoint by, that hold a run of words of a benchmark.
  private static func contamination(
    of parts: [LeakageCheck.Part], _ settings: Settings, known: [Leak], registry: FormatRegistry
  ) throws -> [Leak] {
    let runs = try BenchmarkRuns(
      files: settings.benchmarks, length: settings.runLength, registry: registry)
    return try parts.filter { $0.name != "test" }.flatMap { part in
      let told = Set(known.filter { $0.part == part.name }.map(\.row))
      return try runs.found(in: part.rows, common: 10).enumerated().compactMap {
        row, place -> Leak? in
        guard let place, !told.contains(row) else { return nil }
        return Leak(
          kind: .benchmark, place: part.rows.places[row], part: part.name, other: place,
          otherPart: nil, fields: part.rows[row].fields, row: row)
      }
    }
  }
}

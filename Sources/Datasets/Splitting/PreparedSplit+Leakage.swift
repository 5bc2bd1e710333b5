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
    _ parts: [LeakageCheck.Part], _ settings: Settings,
    _ formats: [String: any DatasetFormat.Type]
  ) throws -> (parts: [Dataset<Row>], leaks: [Leak], search: BenchmarkSearch?) {
    guard let policy = settings.onLeak else { return (parts.map(\.rows), [], nil) }
    var leaks = try LeakageCheck(settings: settings.together ?? .init(), formats: formats)
      .leaks(parts)
    var search: BenchmarkSearch?
    if !settings.benchmarks.isEmpty {
      let (found, done) = try contamination(of: parts, settings, known: leaks)
      leaks += found
      search = done
    }
    if policy == .stop, let first = leaks.first {
      throw AnnealError(
        .gate,
        "\(grouped(leaks.count)) rows repeat another part or a benchmark; the first: \(first)",
        at: first.place,
        remedy: "Leave them out with --on-leak drop, or keep rows together with --group-by.")
    }
    guard policy == .drop else { return (parts.map(\.rows), leaks, search) }
    let kept = parts.map { part in
      let leaking = Set(leaks.filter { $0.part == part.name }.map(\.row))
      return part.rows.selecting(part.rows.indices.filter { !leaking.contains($0) })
    }
    return (kept, leaks, search)
  }

  /// Rows to learn from, or to choose a checkpoint by, that hold a run of words of a benchmark.
  private static func contamination(
    of parts: [LeakageCheck.Part], _ settings: Settings, known: [Leak]
  ) throws -> (leaks: [Leak], search: BenchmarkSearch) {
    let runs = try BenchmarkRuns(files: settings.benchmarks, length: settings.runLength)
    var search = BenchmarkSearch(runs)
    var leaks: [Leak] = []
    for part in parts where part.name != "test" {
      let told = Set(known.filter { $0.part == part.name }.map(\.row))
      let found = try runs.found(in: part.rows)
      search.excused += found.excused.filter { !told.contains($0) }.map { part.rows.places[$0] }
      for (row, place) in found.places.enumerated() {
        guard let place, !told.contains(row) else { continue }
        leaks.append(
          Leak(
            kind: .benchmark, place: part.rows.places[row], part: part.name, other: place,
            otherPart: nil, fields: part.rows[row].fields, row: row))
      }
    }
    return (leaks, search)
  }
}

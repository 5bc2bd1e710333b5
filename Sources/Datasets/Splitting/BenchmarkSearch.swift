public import AnnealFiles

/// What was looked for when rows were compared with benchmarks, and what was not.
public struct BenchmarkSearch: Sendable {
  /// Items of the benchmarks.
  public let items: Int
  /// Items that have too few words to be looked for.
  public let tooShort: Int
  /// Files none of whose items were looked for.
  public let filesTooShort: [String]
  /// Rows that hold nothing of a benchmark but phrases that many texts hold; they are no leaks.
  public internal(set) var excused: [AnnealError.Place] = []

  init(_ runs: BenchmarkRuns) {
    (items, tooShort) = (runs.count, runs.tooShort)
    filesTooShort = runs.filesTooShort
  }

  /// Sentences on what the count of leaks does not tell.
  public var notes: [String] {
    var notes: [String] = []
    if tooShort > 0 {
      let all = filesTooShort.isEmpty ? "" : ", all of \(filesTooShort.joined(separator: ", "))"
      notes.append(
        "\(grouped(tooShort)) of \(grouped(items)) items of the benchmarks have too few words to be "
          + "looked for\(all)")
    }
    if let first = excused.first {
      let (rows, verb) =
        excused.count == 1 ? ("1 row holds", "is") : ("\(grouped(excused.count)) rows hold", "are")
      notes.append(
        "\(rows) words of a benchmark that are common phrases here, and \(verb) no leak; the first: "
          + "\(first)")
    }
    return notes
  }

  /// The search as a report has it.
  var json: JSON {
    [
      "items": .integer(items), "too_short": .integer(tooShort),
      "files_too_short": .array(filesTooShort.map { .string($0) }),
      "common_phrases": .integer(excused.count),
      "first_common_phrases": .array(excused.prefix(5).map { .string($0.description) }),
    ]
  }
}

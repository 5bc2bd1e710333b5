public import AnnealFiles

extension PreparedSplit.Settings {
  /// The settings as JSON, for a card.
  public var json: JSON {
    let way =
      stratifyBy != nil
      ? "by class"
      : timeBy != nil ? "by time" : isStable ? "by content" : "by content, exact shares"
    return [
      "way": .string(way), "validation": .number(validation), "test": .number(test),
      "seed": .integer(Int(truncatingIfNeeded: seed)),
      "group_by": groupBy.map { .string($0) } ?? .null,
      "stratify_by": stratifyBy.map { .string($0) } ?? .null,
      "time_by": timeBy.map { .string($0) } ?? .null,
      "similarity": together.map { .number($0.threshold) } ?? .null,
      "on_leak": onLeak.map { .string($0.rawValue) } ?? .null,
      "benchmarks": benchmarks.isEmpty
        ? .null : .array(benchmarks.map { .string(Folder.name(of: $0)) }),
      "run_length": benchmarks.isEmpty ? .null : .integer(runLength),
    ]
  }
}

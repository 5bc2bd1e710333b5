internal import AnnealFiles

/// Runs stages over the rows of files: each row is judged by each stage in turn, and what was done is
/// counted and kept in a side file.
public struct CleaningRun: Sendable {
  /// The stages in their order.
  public let stages: [any CleaningStage]

  /// A run of `stages`.
  public init(_ stages: [any CleaningStage]) { self.stages = stages }

  /// Cleans the rows of `sources` into the JSON lines file at `output`, in the order of the files.
  ///
  /// Beside it, `NAME.changes.jsonl` says what was done, so that `CleaningUndo` can take it back.
  /// Memory grows with the number of rows by some 100 bytes a row, and by what a stage needs.
  ///
  /// - Throws: what `bad` throws, and `AnnealError` when a file cannot be read or written, or the
  ///   files are of several formats, as one file cannot hold them.
  public func clean(
    _ sources: [RowSource], to output: String, registry: FormatRegistry = .builtin, bad: BadRows
  ) throws -> CleaningReport {
    guard output.hasSuffix(".jsonl") else {
      throw AnnealError(
        .usage, "the output is '\(output)'; cleaned rows are written as JSON lines",
        remedy: "Give it a name that ends with .jsonl.")
    }
    let folder = Folder.parent(of: output) ?? "."
    let rows = try RowSpool.reading(sources, registry: registry, in: folder, bad: bad)
    try rows.checkIsOfOneFormat()
    // Before anything is written, when rows were only to be looked for.
    try bad.finish()
    var report = CleaningReport()
    (report.rows, report.bad) = (rows.count, bad.count)
    try AtomicFile.write(to: SideFile.changes.path(beside: output)) { side in
      var log = BufferedLines(side)
      let left = try clean(rows, in: folder, &report, &log)
      try AtomicFile.write(to: output) { file in
        var lines = BufferedLines(file)
        for index in 0..<left.count { try lines.add(line: left.bytes(index)) }
        try lines.flush()
      }
      report.kept = left.count
      try log.add(try ChangeLog.end(report, output: output))
      try log.flush()
    }
    return report
  }

  private func clean(
    _ rows: RowSpool, in folder: String, _ report: inout CleaningReport, _ log: inout BufferedLines
  ) throws -> RowSpool {
    var rows = rows
    for pass in passes { rows = try run(pass, on: rows, in: folder, &report, &log) }
    return rows
  }

  /// Stages that can judge a row one after another before the next row is looked at.
  private var passes: [[any CleaningStage]] {
    var passes: [[any CleaningStage]] = []
    for stage in stages {
      if passes.isEmpty || type(of: stage).needsAllRows {
        passes.append([stage])
      } else {
        passes[passes.count - 1].append(stage)
      }
    }
    return passes
  }

  /// What became of a row in a pass.
  private struct Outcome: Sendable {
    var verdicts: [RowVerdict] = []
    var lines: [String] = []
    var fields: JSON?
    var isDropped = false
  }

  private func run(
    _ stages: [any CleaningStage], on rows: RowSpool, in folder: String,
    _ report: inout CleaningReport, _ log: inout BufferedLines
  ) throws -> RowSpool {
    let judges = try stages.map { stage in
      try WorkProgress.named(type(of: stage).name) { try stage.judge(of: rows) }
    }
    var counts = zip(stages, judges).map { stage, judge in
      var count = CleaningReport.Stage(name: type(of: stage).name)
      count.notes = judge.notes
      return count
    }
    let names = counts.map(\.name)
    var left = try RowSpool.Writer(in: folder, sources: rows.sources)
    let block = 8192
    for start in stride(from: 0, to: rows.count, by: block) {
      let range = start..<min(start + block, rows.count)
      let outcomes = try WorkProgress.named(names.joined(separator: ", ")) {
        try WorkProgress.part(range, of: rows.count) {
          try ParallelRows.map(range.count, size: 128, filler: Outcome()) {
            try Self.outcome(of: start + $0, in: rows, judges, names)
          }
        }
      }
      for (offset, outcome) in outcomes.enumerated() {
        for (stage, verdict) in outcome.verdicts.enumerated() { counts[stage].count(verdict) }
        for line in outcome.lines { try log.add(line) }
        guard !outcome.isDropped else { continue }
        let entry = rows.entries[start + offset]
        if let fields = outcome.fields {
          try left.add(fields, like: entry)
        } else {
          try left.add(rows.bytes(start + offset), like: entry)
        }
      }
    }
    report.stages += counts
    return try left.finish()
  }

  private static func outcome(
    of index: Int, in rows: RowSpool, _ judges: [any RowJudge], _ names: [String]
  ) throws -> Outcome {
    var outcome = Outcome()
    var row = try rows.row(index)
    for (judge, name) in zip(judges, names) {
      let verdict = try judge.verdict(on: row, at: index)
      outcome.verdicts.append(verdict)
      if let line = ChangeLog.line(verdict, of: name, on: row, fields: row.row.fields) {
        outcome.lines.append(line)
      }
      switch verdict {
      case .keep, .flag: break
      case .change(_, let fields):
        row.row.fields = fields
        outcome.fields = fields
      case .drop:
        outcome.isDropped = true
        return outcome
      }
    }
    return outcome
  }
}

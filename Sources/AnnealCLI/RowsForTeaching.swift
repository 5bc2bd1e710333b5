import AnnealDatasets
import AnnealFiles
import ArgumentParser

/// How the rows of a file are read by the verbs that write, grade, select or mend rows.
struct RowsForTeaching: ParsableArguments {
  @OptionGroup var source: SourceOptions

  @Option(
    help: ArgumentHelp(
      "A row that cannot be used: skip it (kept beside the output), stop at it, or report all of "
        + "them and stop.", valueName: "stop|skip|report"))
  var onError = BadRowPolicy.stop

  @Flag(help: "Replace the output, and the files beside it, when they are there.")
  var overwrite = false

  /// Refuses an `output` that cannot be written, together with what is written beside it.
  ///
  /// - Parameter side: what is written there besides rows that are not kept or cannot be used.
  func check(
    _ output: String, reads files: [String], and others: [String] = [], side: [SideFile] = [],
    isTrial: Bool = false
  ) throws {
    try OutputPlace.check(
      output, beside: [.rejected, .skipped] + side,
      inputs: try source.sources(files).map(\.path) + others, overwrite: overwrite || isTrial)
  }

  /// The rows of `file`; those that cannot be used are kept beside `output`.
  func rows(
    of file: String, limit: Int? = nil, output: String, _ console: Console
  ) throws -> TeachingRows {
    let side = SideFile.skipped.path(beside: output)
    return try BadRows.collecting(onError, sideFile: side) { bad in
      let rows = try TeachingRows(try source.sources([file]), limit: limit, bad: bad)
      if let summary = bad.summary { console.note("note: \(summary)") }
      return rows
    }
  }
}

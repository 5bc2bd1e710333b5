import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser
import Foundation

/// `anneal data diff`.
struct DataDiff: Verb {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "What changed between two versions of a set, row by row.")

  @Argument(help: "The earlier version: a file, a folder or a pattern.")
  var before: String

  @Argument(help: "The later one.")
  var after: String

  @Option(
    help: ArgumentHelp(
      "The field that tells rows apart. By default 'id' where both have it, and else what rows say: "
        + "equal rows, then rows of one prompt, then rows that are nearly the same.",
      valueName: "field"))
  var by: String?

  @Option(
    name: .customShort("n"), parsing: .unconditional, help: "How many rows of each kind to show.")
  var count = 5

  @OptionGroup var reading: SourceOptions

  @OptionGroup var folders: FolderOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard count >= 0 else { throw ValidationError("-n is \(count); expected 0 or more.") }
    guard before != "-", after != "-" else {
      throw ValidationError("Both versions are files; standard input has no name to show.")
    }
  }

  func perform(_ console: Console) async throws {
    let bad = BadRows(.skip)
    let difference = try WorkLine.during(console) {
      try DatasetDifference(
        reading.sources([before], split: folders.split),
        reading.sources([after], split: folders.split), by: by,
        in: FileManager.default.temporaryDirectory.path, bad: bad)
    }
    if let summary = bad.summary { console.note("note: \(summary)") }
    console.result(difference.json(samples: count), difference.text(samples: count))
  }
}

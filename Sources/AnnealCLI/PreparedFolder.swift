import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser

/// What a card says that no file tells.
struct CardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The licence of the rows, for the card; by default what README.md beside the files says.",
      valueName: "name"))
  var license: String?
}

/// A folder of prepared rows: the parts, `report.json`, and a card.
struct PreparedFolder {
  /// Its path.
  let path: String
  let onError: BadRowPolicy
  let license: String?

  /// Splits the rows of `sources` into the folder; a new one appears whole or not at all.
  func write(
    _ sources: [RowSource], _ settings: PreparedSplit.Settings, verb: String, _ console: Console
  ) throws -> PreparedSplit {
    let isNew = Folder.names(in: path).isEmpty
    var told: (split: PreparedSplit, bad: String?)?
    let body = { (folder: String) in
      let (split, summary) = try BadRows.collecting(
        onError, sideFile: folder + "/skipped.jsonl", named: path + "/skipped.jsonl"
      ) { bad in (try PreparedSplit(sources, settings: settings, bad: bad), bad.summary) }
      try split.write(to: folder)
      try DataCard(
        verb: verb, settings: split.settings.json, counts: split.counts,
        inputs: try sources.flatMap { try $0.files() }, license: license
      ).write(of: ["train.jsonl", "validation.jsonl", "test.jsonl"], in: folder)
      told = (split, summary)
    }
    try WorkLine.during(console) {
      if isNew { try AtomicFolder.write(to: path, body) } else { try body(path) }
    }
    guard let told else { throw AnnealError(.failed, "the rows were not split") }
    if let bad = told.bad { console.note("note: \(bad)") }
    if let leaks = told.split.leakage { console.note("note: \(leaks)") }
    for note in told.split.benchmarks?.notes ?? [] { console.note("note: \(note)") }
    for note in told.split.divisionNotes { console.note("note: \(note)") }
    return told.split
  }
}

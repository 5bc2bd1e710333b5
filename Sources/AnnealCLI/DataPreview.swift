import AnnealDatasets
import AnnealFiles
import AnnealText
import ArgumentParser

/// `anneal data preview`.
struct DataPreview: Verb {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Rows as the model sees them, with what is learned marked.",
    discussion: """
      Of a pair of answers both are shown behind the prompt, of a verdict its answer. A recipe's rows \
      are read and written as its run does it.
      """)

  @Argument(help: "A data file, or a recipe (YAML); - is standard input.")
  var file: String

  @Option(help: ArgumentHelp("A model's folder; a recipe names its own.", valueName: "folder"))
  var model: String?

  @OptionGroup var reading: SourceOptions

  @OptionGroup var folders: FolderOptions

  @Option(
    help: ArgumentHelp(
      "A row that cannot be used: skip it, stop at it, or report all of those that are read and stop.",
      valueName: "stop|skip|report"))
  var onError = BadRowPolicy.skip

  @Option(name: .customShort("n"), parsing: .unconditional, help: "How many rows.")
  var count = 3

  @OptionGroup var encoding: EncodingOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard count > 0 else { throw ValidationError("-n is \(count); expected 1 or more.") }
    guard model != nil || RecipeDataOptions.recipe([file]) != nil else {
      throw ValidationError("Give --model, the folder of the model that is to read the rows.")
    }
  }

  func perform(_ console: Console) async throws {
    let data = try DataRows(
      [file], reading, split: folders.split, model: model, encoding, console)
    guard let encoder = data.encoder else {
      throw AnnealError(.usage, "there is no model to read the rows")
    }
    let bad = BadRows(onError)
    func seen(_ rows: Dataset<Record>) -> PreviewedRows {
      PreviewedRows(rows, count: count, by: encoder, settings: data.settings)
    }
    let (rows, shown) = try WorkLine.during(console) {
      let rows = try Dataset<Record>(data.sources, bad: bad) { seen($0).count >= count }
      let shown = seen(rows)
      try WorkLine.check()
      return (rows, shown)
    }
    try bad.finish()
    try shown.report.check(
      least: 0,
      remedy: """
        Raise --max-length, or check the roles and the chat template; \
        `anneal data inspect FILE --model DIR` tells what is wrong with each row.
        """)
    if shown.report.templatedRows > 0 { try data.tellTemplate() }
    for note in shown.report.encodingNotes + [bad.summary].compactMap({ $0 }) {
      console.note("note: \(note)")
    }
    tellLeftOut(before: shown, of: rows, console)
    let marks: Preview.Marks = Console.hasColors ? .colours : .brackets
    let legend = console.isQuiet ? [] : [marks.legend]
    console.result(
      ["rows": .array(shown.previews.map(\.json))],
      (legend + shown.previews.map { $0.text(marks) }).joined(separator: "\n\n"))
  }

  /// A note about rows that nothing is learned from, as far as the ones that are shown.
  private func tellLeftOut(
    before shown: PreviewedRows, of rows: Dataset<Record>, _ console: Console
  ) {
    let place = shown.previews.first?.example.source
    guard let first = rows.places.firstIndex(where: { $0 == place }), first > 0 else { return }
    let reasons = shown.report.reasons.map { "\n  \($0)" }.joined()
    console.note(
      "note: \(first) \(first == 1 ? "row" : "rows") before the first one shown teach nothing and "
        + "are left out; of \(rows.count) rows that were read:\(reasons)")
  }
}

import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser
import Foundation

/// `anneal data inspect`.
struct DataInspect: Verb {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Format, fields, lengths, duplicates and problems by line.",
    discussion: """
      Lines with ! are problems, lines with ~ rows that can be used and may not say what is meant. The \
      status is 0 when rows of every file can be used, whatever is told of others, 3 when a file has \
      none that can (with a model: that it can learn from), and 4 when --gate finds shared rows.
      """)

  @Argument(help: "Data files, or one recipe (YAML); of several, it is told what they share.")
  var files: [String]

  @Option(
    help: ArgumentHelp("A model's folder; lengths are then in its tokens.", valueName: "folder"))
  var model: String?

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "Write a page with all that is found: near-duplicates, languages, scores, samples, what "
        + "cleaning would find and what the files share as well.", valueName: "file.html"))
  var page: String?

  @Flag(
    help: "Look for rows that files share, exactly or nearly, and end with status 4 at one.")
  var gate = false

  @Option(help: "Rows at least as alike as this are nearly the same (Jaccard's index, 0.1 to 1).")
  var similarity = 0.8

  @Flag(help: "Replace the page when it is there.")
  var overwrite = false

  @OptionGroup var reading: SourceOptions

  @OptionGroup var folders: FolderOptions

  @OptionGroup var encoding: EncodingOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0.1...1).contains(similarity) else {
      throw ValidationError("--similarity is \(similarity); expected 0.1 to 1.")
    }
    guard page == nil || !files.contains("-") else {
      throw ValidationError(
        "--output reads the rows twice, and standard input can be read once; name a file.")
    }
    guard !gate || !files.contains("-") else {
      throw ValidationError(
        "--gate reads the rows twice, and standard input can be read once; name a file.")
    }
    if let page, !page.hasSuffix(".html"), !page.hasSuffix(".htm") {
      throw ValidationError("--output is \(page); expected a name that ends with .html.")
    }
  }

  func perform(_ console: Console) async throws {
    let data = try DataRows(
      files, reading, split: folders.split, model: model, encoding, console)
    if let page {
      try OutputPlace.check(
        page, inputs: data.sources.map(\.path), overwrite: overwrite, named: "data.html")
    }
    let (inspections, survey) = try WorkLine.during(console) {
      let inspections = try data.sources.map { try inspect($0, of: data) }
      return (inspections, try surveyed(data.sources, inspections))
    }
    if inspections.contains(where: { ($0.preparation?.templatedRows ?? 0) > 0 }) {
      try data.tellTemplate()
    }
    var json: JSON = [
      "files": .array(inspections.map(\.json)),
      "shared": .array(DatasetInspection.shared(by: inspections).map(\.json)),
    ]
    if let survey { json = json.setting("survey", to: survey.json) }
    if let page { json = json.setting("page", to: .string(page)) }
    let told =
      inspections.map(\.description)
      + [survey.map(\.description) ?? DatasetInspection.sharedInWords(by: inspections)]
    console.result(json, told.filter { !$0.isEmpty }.joined(separator: "\n\n"))
    if let page { console.note("\(page) shows more of it.") }
    try check(inspections, survey)
  }

  private func inspect(_ source: RowSource, of data: DataRows) throws -> DatasetInspection {
    do {
      var inspection = try DatasetInspection(
        path: source.path, format: source.format, mapping: source.mapping,
        keepsRecords: data.encoder != nil)
      if let encoder = data.encoder {
        let builder = ExampleBuilder(encoder, settings: data.settings)
        inspection.preparation = builder.examples(from: inspection.records).report
      }
      try WorkLine.check()
      return inspection
    } catch let error as AnnealError where error.code == .data && data.sources.count > 1 {
      // One file that cannot be read hides nothing of the others.
      return DatasetInspection(unreadable: source.path, error)
    }
  }

  /// What all rows together tell, when that is asked for; files that cannot be read are left out.
  private func surveyed(
    _ sources: [RowSource], _ inspections: [DatasetInspection]
  ) throws -> DatasetSurvey? {
    guard page != nil || gate else { return nil }
    let folder =
      page.map { Folder.parent(of: $0) ?? "." } ?? FileManager.default.temporaryDirectory.path
    let readable = zip(sources, inspections).filter { $0.1.kind != nil }.map { $0.0 }
    let survey = try DatasetSurvey(readable, near: .init(threshold: similarity), in: folder)
    if let page { try AtomicFile.write(DataPage(inspections, survey: survey).html, to: page) }
    return survey
  }

  /// Ends with a failure when a file has no row that can be used, or files share rows that must not.
  private func check(_ inspections: [DatasetInspection], _ survey: DatasetSurvey?) throws {
    if let unusable = inspections.first(where: { $0.usable == 0 }) {
      throw AnnealError(
        .data, "no row of the file can be used", at: .init(file: unusable.path),
        remedy: "What is wrong is told above.")
    }
    if let useless = inspections.first(where: { $0.preparation?.keptRows == 0 }) {
      throw AnnealError(
        .data, "the model can learn from no row of the file", at: .init(file: useless.path),
        remedy: "Why is told above, and `anneal data preview` shows the rows.")
    }
    if gate, let survey, survey.sharedRows > 0 {
      throw AnnealError(
        .gate, "\(Amount.count(survey.sharedRows, of: "row")) stand in more than one file",
        remedy: "Split the files again together, or see `--decontaminate` of `anneal data split`.")
    }
  }
}

import Anneal
import AnnealDatasets
import AnnealFiles
import ArgumentParser

/// `anneal data inspect`.
struct DataInspect: Verb {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Format, fields, lengths, duplicates and problems by line.",
    discussion: """
      The status is 0 when rows can be used, whatever is told of others, and 3 when a file has none \
      that can.
      """)

  @Argument(help: "Data files; of several, the page tells what they share.")
  var files: [String]

  @Option(
    help: ArgumentHelp("A model's folder; lengths are then in its tokens.", valueName: "folder"))
  var model: String?

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "Write a page with all that is found: near-duplicates, languages, scores, samples and what the "
        + "files share as well.", valueName: "file.html"))
  var page: String?

  @Option(help: "Rows at least as alike as this are nearly the same (Jaccard's index, 0.1 to 1).")
  var similarity = 0.8

  @Flag(help: "Replace the page when it is there.")
  var overwrite = false

  @OptionGroup var reading: SourceOptions

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
    if let page, !page.hasSuffix(".html"), !page.hasSuffix(".htm") {
      throw ValidationError("--output is \(page); expected a name that ends with .html.")
    }
  }

  func perform(_ console: Console) async throws {
    let sources = try reading.sources(files)
    if let page {
      try OutputPlace.check(
        page, inputs: sources.map(\.path), overwrite: overwrite, named: "data.html")
    }
    let encoder = try model.map { try encoding.encoder($0, console) }
    let inspections = try sources.map { source in
      var inspection = try DatasetInspection(
        path: source.path, format: source.format, mapping: source.mapping,
        keepsRecords: encoder != nil)
      if let encoder {
        let builder = ExampleBuilder(encoder, settings: encoding.settings)
        inspection.preparation = builder.examples(from: inspection.records).report
      }
      return inspection
    }
    let survey = try page.map { try write($0, inspections, of: sources) }
    var json: JSON = ["files": .array(inspections.map(\.json))]
    if let survey, let page {
      json = json.setting("survey", to: survey.json).setting("page", to: .string(page))
    }
    console.result(json, inspections.map(\.description).joined(separator: "\n\n"))
    if let page { console.note("\(page) shows more of it.") }
    if let unusable = inspections.first(where: { $0.usable == 0 }) {
      throw AnnealError(
        .data, "no row of the file can be used", at: .init(file: unusable.path),
        remedy: "What is wrong is told above.")
    }
  }

  private func write(
    _ page: String, _ inspections: [DatasetInspection], of sources: [RowSource]
  ) throws -> DatasetSurvey {
    let survey = try DatasetSurvey(
      sources, near: .init(threshold: similarity), in: Folder.parent(of: page) ?? ".")
    try AtomicFile.write(DataPage(inspections, survey: survey).html, to: page)
    return survey
  }
}

public import AnnealDatasets
internal import AnnealFiles

/// What data files hold and what is to be seen to in them, as one self-contained page.
public struct DataPage {
  /// What was found in each file by itself.
  let inspections: [DatasetInspection]
  /// What all rows together tell.
  let survey: DatasetSurvey

  /// A page on `inspections` and a survey of the same files.
  public init(_ inspections: [DatasetInspection], survey: DatasetSurvey) {
    self.inspections = inspections
    self.survey = survey
  }

  /// The page.
  ///
  /// It loads nothing from elsewhere, runs no script, and names files without their folders.
  public var html: String {
    let isOne = inspections.count == 1
    let files = inspections.indices.map { index in
      let body = sections(of: index).joined(separator: "\n")
      return isOne
        ? body : "<article><h2 class=\"file\">\(escaped(name(index)))</h2>\n\(body)</article>"
    }
    return Page(
      title: isOne ? name(0) : "\(inspections.count) data files", lead: lead,
      body: ([figures, findings, leakage] + files).joined(separator: "\n"),
      extraStyle: Page.cardStyle + Self.style
    ).html
  }

  /// The name of a file on the page: its last part, or as much as tells it from the others.
  func name(_ index: Int) -> String {
    let parts = inspections.map { $0.path.split(separator: "/").map(String.init) }
    guard index < parts.count else { return "" }
    for length in 1...3 {
      let own = parts[index].suffix(length)
      if parts.count(where: { $0.suffix(length) == own }) == 1 { return own.joined(separator: "/") }
    }
    return parts[index].suffix(3).joined(separator: "/")
  }

  /// `place` without the folders of its file.
  func place(_ place: AnnealError.Place) -> String {
    var place = place
    place.file =
      inspections.firstIndex { $0.path == place.file }.map(name) ?? RunReport.name(place.file)
    return place.description
  }

  func escaped(_ text: String) -> String { Markup.escaped(text) }

  /// What the survey tells of the file of an inspection.
  func surveyed(_ index: Int) -> DatasetSurvey.File? {
    let path = inspections[index].path
    return index < survey.files.count && survey.files[index].path == path
      ? survey.files[index] : survey.files.first { $0.path == path }
  }

  private var lead: String {
    let facts = inspections.map { file in
      file.kind.map { "\($0.rawValue), format \(file.format ?? "unknown")" } ?? "not readable"
    }
    let kinds = Set(facts).sorted()
    return kinds.count == 1
      ? "\(kinds[0])." : "Formats: " + kinds.joined(separator: "; ") + "."
  }

  private var figures: String {
    let rows = inspections.reduce(0) { $0 + $1.rows }
    let problems = inspections.reduce(0) { $0 + $1.problemCount }
    let repeated = survey.files.reduce(0) { $0 + $1.repeated.count }
    let nearly = survey.files.reduce(0) { $0 + ($1.repeated.counts[.nearDuplicate] ?? 0) }
    var tiles = [
      ("Rows", Amount.count(rows), inspections.count > 1 ? "in \(inspections.count) files" : ""),
      (
        "Problems", Amount.count(problems), problems == 0 ? "every row can be used" : "listed below"
      ),
      (
        "Repeated rows", Amount.count(repeated),
        repeated == 0 ? "none says what another says" : "\(Amount.count(nearly)) of them nearly"
      ),
    ]
    let prepared = inspections.compactMap(\.preparation)
    if !prepared.isEmpty {
      let tokens = prepared.reduce(0) { $0 + $1.tokens }
      let trained = prepared.reduce(0) { $0 + $1.trainedTokens }
      tiles.append(("Tokens", Amount.count(tokens), "\(Amount.count(trained)) trained"))
    }
    if inspections.count > 1 {
      let shared = survey.shared.reduce(0) { $0 + $1.rows.count }
      tiles.append(("Shared rows", Amount.count(shared), "in more than one file"))
    }
    let items = tiles.map { name, value, note in
      "<div class=\"tile\"><dt>\(escaped(name))</dt>"
        + "<dd>\(escaped(value))<small>\(escaped(note))</small></dd></div>"
    }
    return "<dl class=\"tiles\">\n\(items.joined(separator: "\n"))\n</dl>"
  }

  private var findings: String {
    let items = DataFindings(self).all.map { finding in
      let advice = finding.advice.map { " <em>\(Self.code(escaped($0)))</em>" } ?? ""
      return "<li class=\"\(finding.isWarning ? "warning" : "note")\">"
        + "\(escaped(finding.sentence))\(advice)</li>"
    }
    return Page.section(
      "What to see to", "<ul class=\"findings\">\n\(items.joined(separator: "\n"))\n</ul>")
  }

  /// Markup in which what stands between backquotes is code.
  private static func code(_ markup: String) -> String {
    markup.split(separator: "`", omittingEmptySubsequences: false).enumerated().map {
      $0.offset % 2 == 1 ? "<code>\($0.element)</code>" : String($0.element)
    }.joined()
  }

  private var leakage: String {
    guard inspections.count > 1 else { return "" }
    guard !survey.shared.isEmpty else {
      return Page.section(
        "What the files share",
        "<p>No row of one file says what a row of another says, not even nearly.</p>")
    }
    let rows = survey.shared.map { shared in
      let counts = shared.rows.counts
      return [
        "\(name(shared.file)) repeats \(name(shared.earlier))",
        Amount.count(counts[.exact] ?? 0), Amount.count(counts[.normalised] ?? 0),
        Amount.count(counts[.nearDuplicate] ?? 0),
      ]
    }
    let table = Page.table(["", "the same fields", "the same words", "nearly the same"], rows)
    let pairs = survey.shared.flatMap(\.rows.pairs).prefix(6).map(card)
    return Page.section(
      "What the files share",
      "<p>A test on rows that were trained on tells nothing.</p>" + table
        + "<div class=\"gap\"></div>" + pairs.joined(separator: "\n"))
  }
}

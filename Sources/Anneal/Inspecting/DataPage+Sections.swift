internal import AnnealDatasets
internal import AnnealFiles
internal import OrderedCollections

extension DataPage {
  /// What the page says of one file.
  func sections(of index: Int) -> [String] {
    let (file, survey) = (inspections[index], surveyed(index))
    return [
      fields(file), lengths(file, survey), labels(file), numbers(survey), languages(survey),
      repeated(survey), cleaning(survey), samples(file), remarks(file), problems(file),
    ]
  }

  private func fields(_ file: DatasetInspection) -> String {
    guard !file.fields.isEmpty else { return "" }
    let rows = file.fields.map { field in
      let share = Double(field.filled) / Double(max(1, file.rows)) * 100
      return [
        field.name, field.kindsInOrder.joined(separator: " or "), share.fixed(1) + " %",
        field.meanLength.map { Amount.count(Int($0.rounded())) } ?? "–",
        field.longest > 0 ? Amount.count(field.longest) : "–",
        file.format == nil ? "–" : file.unread.contains(field.name) ? "no" : "yes",
      ]
    }
    return Page.section(
      "Fields",
      Page.table(
        ["field", "holds", "filled", "characters, mean", "characters, most", "read"], rows))
  }

  private func lengths(_ file: DatasetInspection, _ survey: DatasetSurvey.File?) -> String {
    if let prepared = file.preparation, prepared.examples > 0 {
      let note =
        prepared.truncated > 0
        ? "<p>\(Amount.count(prepared.truncated, of: "row")) of more than "
          + "\(Amount.count(prepared.maxLength)) tokens would lose the end.</p>" : ""
      return Page.section(
        "Length in tokens",
        note
          + pair(
            ("all tokens of an example", BarList(prepared.lengths, label: "Examples by tokens")),
            (
              "trained tokens of an example",
              BarList(prepared.trainedLengths, label: "Examples by trained tokens")
            )))
    }
    guard let survey, survey.rows > 0 else { return "" }
    return Page.section(
      "Length in words",
      pair(
        ("a row", BarList(survey.words, label: "Rows by words")),
        ("its answer", BarList(survey.answerWords, label: "Rows by words of the answer")))
        + "<p class=\"hint\">With <code>--model</code>, lengths are in the model’s tokens.</p>")
  }

  /// Lists side by side, those with anything in them.
  private func pair(_ lists: (title: String, list: BarList)...) -> String {
    let columns = lists.filter { !$0.list.bars.isEmpty }.map {
      "<div><h3>\(escaped($0.title))</h3>\($0.list.element)</div>"
    }
    return "<div class=\"columns\">\(columns.joined(separator: "\n"))</div>"
  }

  private func labels(_ file: DatasetInspection) -> String {
    guard !file.labels.isEmpty else { return "" }
    let bars = file.labels.map { BarList.Bar(name: $0.key, count: $0.value) }
    return Page.section(
      "Labels",
      "<p>\(Amount.count(bars.count, of: "class", "classes")).</p>"
        + BarList(bars, label: "Rows by label").element)
  }

  private func numbers(_ survey: DatasetSurvey.File?) -> String {
    guard let survey, !survey.numbers.isEmpty else { return "" }
    let rows = survey.numbers.map { field in
      [
        field.name, Amount.count(field.count), field.mean.brief(4), field.least.brief(4),
        field.greatest.brief(4),
      ]
    }
    let graded = survey.numbers.filter { (2...12).contains($0.grades.count) }.prefix(6)
    let lists = graded.map { field in
      let bars = field.grades.map { BarList.Bar(name: $0.value.brief(4), count: $0.rows) }
      return "<div><h3>\(escaped(field.name))</h3>"
        + BarList(bars, label: "Rows by \(field.name)").element + "</div>"
    }
    return Page.section(
      "Numbers and scores",
      Page.table(["field", "rows", "mean", "least", "greatest"], rows)
        + (lists.isEmpty
          ? "" : "<div class=\"columns\">\(lists.joined(separator: "\n"))</div>"))
  }

  private func languages(_ survey: DatasetSurvey.File?) -> String {
    guard let survey, !survey.languages.isEmpty else { return "" }
    let bars = survey.languages.map { language in
      let share = Double(language.rows) / Double(max(1, survey.rows)) * 100
      return BarList.Bar(
        name: language.code ?? "cannot be told", count: language.rows,
        note: share.fixed(1) + " %")
    }
    var list = BarList(bars, label: "Rows by language")
    // Of short rows a few are taken for other languages.
    list.shown = 6
    return Page.section("Language", list.element)
  }

  private func repeated(_ survey: DatasetSurvey.File?) -> String {
    guard let survey, survey.repeated.count > 0 else { return "" }
    let counts = survey.repeated.counts
    let bars = [
      ("the same fields", Leak.Kind.exact), ("the same words", .normalised),
      ("nearly the same words", .nearDuplicate),
    ].map { BarList.Bar(name: $0.0, count: counts[$0.1] ?? 0) }
    return Page.section(
      "Rows that repeat an earlier one",
      BarList(bars, label: "Repeated rows by how alike they are").element
        + "<div class=\"gap\"></div>"
        + survey.repeated.pairs.prefix(6).map(card).joined(separator: "\n"))
  }

  /// Two rows that say the same.
  func card(_ pair: DatasetSurvey.Pair) -> String {
    let text = Self.cut(pair.text, 400)
    if pair.kind == .exact {
      let places = "the same fields: \(place(pair.other)) and \(place(pair.place))"
      return card([("", places), (" ", text)])
    }
    let word = pair.kind == .normalised ? "the same words" : "nearly the same words"
    return card([
      ("", word), (place(pair.other), Self.cut(pair.otherText, 400)), (place(pair.place), text),
    ])
  }

  /// What stages of cleaning would tell of.
  private func cleaning(_ survey: DatasetSurvey.File?) -> String {
    guard let survey, !survey.findings.isEmpty else { return "" }
    let rows = survey.findings.map { finding in
      [finding.reason, finding.stage, Amount.count(finding.rows)]
    }
    let cards = survey.findings.flatMap { finding in
      finding.examples.map { example in
        card([
          ("", "\(finding.reason): \(place(example.place))"), (" ", Self.cut(example.text, 400)),
        ])
      }
    }
    return Page.section(
      "What cleaning would find",
      Page.table(["", "stage", "rows"], rows) + "<details><summary>Examples</summary>"
        + cards.joined(separator: "\n") + "</details>")
  }

  private func remarks(_ file: DatasetInspection) -> String {
    guard !file.remarks.isEmpty else { return "" }
    let rows = file.remarks.map { remark in
      let places = remark.places.map(place).joined(separator: ", ")
      return [
        remark.kind.rawValue, Amount.count(remark.rows),
        places + (remark.rows > remark.places.count ? ", …" : ""),
      ]
    }
    return Page.section(
      "Rows that can be used, and may not say what is meant",
      Page.table(["", "rows", "where"], rows))
  }

  private func samples(_ file: DatasetInspection) -> String {
    guard !file.samples.isEmpty else { return "" }
    let cards = file.samples.map { row in
      card(
        [("", place(row.place()))]
          + row.fields.members.map { ($0.key, Self.cut(Self.words($0.value))) })
    }
    return Page.section("The first rows", cards.joined(separator: "\n"))
  }

  private func card(_ lines: [(name: String, text: String)]) -> String {
    let items = lines.map { line in
      switch line.name {
      case "": "<p class=\"hint\">\(escaped(line.text))</p>"
      case " ": "<dl class=\"alone\"><dd>\(escaped(line.text))</dd></dl>"
      default: "<dl><dt>\(escaped(line.name))</dt><dd>\(escaped(line.text))</dd></dl>"
      }
    }
    return "<div class=\"card\">\(items.joined(separator: "\n"))</div>"
  }

  private func problems(_ file: DatasetInspection) -> String {
    guard file.problemCount > 0 else { return "" }
    let shown = file.problems.prefix(Self.mostProblems)
    let rows = shown.map { problem in
      "<tr><td>\(escaped(problem.place.map(place) ?? RunReport.name(file.path)))</td>"
        + "<td>\(escaped(problem.message))"
        + (problem.remedy.map { "<small>\(escaped($0))</small>" } ?? "") + "</td></tr>"
    }
    let more = file.problemCount - shown.count
    return Page.section(
      "Problems",
      "<div class=\"scroll\"><table class=\"named problems\"><thead><tr><th>where</th>"
        + "<th>what</th></tr></thead><tbody>\n\(rows.joined(separator: "\n"))\n</tbody></table></div>"
        + (more > 0 ? "<p>… and \(Amount.count(more)) more.</p>" : ""))
  }

  private static let mostProblems = 200

  /// What a field says: messages a line each, other values as JSON.
  private static func words(_ value: JSON) -> String {
    if let text = value.string { return text }
    guard let messages = value.array, !messages.isEmpty else { return value.text(.spaced) }
    let lines = messages.compactMap { message -> String? in
      guard let role = (message["role"] ?? message["from"])?.string else { return nil }
      let content = message["content"] ?? message["value"]
      return "\(role): \(content?.string ?? content?.text(.spaced) ?? "")"
    }
    return lines.count == messages.count
      ? lines.joined(separator: "\n") : value.text(.spaced)
  }

  /// The beginning of a long text.
  private static func cut(_ text: String, _ most: Int = 1000) -> String {
    guard text.utf8.count > most, text.count > most else { return text }
    return text.prefix(most) + "… (\(Amount.count(text.count)) characters)"
  }

  static let style = """

    .tiles { grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); }
    article { border-top: 3px solid var(--line); margin-top: 48px; }
    h2.file { font-size: 24px; margin: 24px 0 0; }
    h3 { font-size: 14px; font-weight: 500; color: var(--muted); margin: 0 0 8px; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 24px; }
    .columns + .hint, .scroll + .columns { margin-top: 16px; }
    .bars {
      display: grid; grid-template-columns: fit-content(45%) 1fr auto; gap: 5px 12px;
      align-items: center; font-size: 14px; font-variant-numeric: tabular-nums;
    }
    .bars .name { text-align: right; overflow-wrap: anywhere; }
    .bars .amount { text-align: right; }
    .bars small { color: var(--muted); }
    .track { background: var(--line); border-radius: 4px; height: 14px; overflow: hidden; }
    .track i { display: block; height: 100%; background: var(--accent); border-radius: 4px; }
    .hint { color: var(--muted); font-size: 13px; margin: 0 0 8px; }
    .gap { height: 16px; }
    .card dl { grid-template-columns: 150px 1fr; }
    .card dl.alone { grid-template-columns: 1fr; }
    .card dl + dl { margin-top: 6px; }
    .card dt { overflow-wrap: anywhere; font-size: 13px; }
    .problems td { vertical-align: top; text-align: left; overflow-wrap: anywhere; }
    .problems th { text-align: left; }
    .problems td:first-child { white-space: nowrap; }
    .problems small { display: block; color: var(--muted); }
    details { margin-top: 10px; }
    details .bars { margin-top: 10px; }

    """
}

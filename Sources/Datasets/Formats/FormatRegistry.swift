internal import AnnealFiles
internal import OrderedCollections

/// The formats that rows are tried against, the more particular first.
public struct FormatRegistry: Sendable {
  /// The formats.
  public let formats: [any DatasetFormat.Type]

  /// A registry of `formats`.
  public init(_ formats: [any DatasetFormat.Type]) { self.formats = formats }

  /// The formats that come with Anneal.
  public static let builtin = FormatRegistry([
    Stepwise.self,
    OpenAIPreference.self,
    Preference.self,
    KTO.self,
    OpenAIMessages.self,
    ShareGPT.self,
    SlotSpans.self,
    SelfInstruct.self,
    StructuredOutput.self,
    Alpaca.self,
    MultipleChoice.self,
    NumberedChoices.self,
    SentencePair.self,
    Questions.self,
    PromptCompletion.self,
    InputOutput.self,
    QuestionAnswer.self,
    Classification.self,
    EvaluationRequests.self,
    RawText.self,
    TextLines.self,
  ])

  /// The same formats, tried after `format`.
  public func adding(_ format: any DatasetFormat.Type) -> FormatRegistry {
    FormatRegistry([format] + formats)
  }

  /// The format called `name`.
  ///
  /// - Throws: `AnnealError` that names the nearest and lists the known.
  public func format(named name: String) throws -> any DatasetFormat.Type {
    if let format = formats.first(where: { $0.name == name }) { return format }
    if let format = formats.first(where: { $0.aliases.contains(name) }) { return format }
    if let remedy = OtherTools.refusals[name] {
      throw AnnealError(.recipe, "the data format '\(name)' is not read here", remedy: remedy)
    }
    // Axolotl's names go on after a point or colon with how the prompt is worded.
    if let start = name.split(whereSeparator: { $0 == "." || $0 == ":" }).first,
      start.count < name.count
    {
      return try format(named: String(start))
    }
    let names = formats.map { $0.name }
    let hint =
      nearest(to: name, among: names + formats.flatMap { $0.aliases })
      .map { "; did you mean '\($0)'?" } ?? ""
    throw AnnealError(
      .recipe, "there is no data format '\(name)'\(hint)",
      remedy: "Known formats: \(names.joined(separator: ", ")).")
  }

  /// How many rows of a file are looked at to find its format.
  public static let rowsLookedAt = 20

  /// The format that most of `rows` are of; the first row's when as many are of another.
  ///
  /// A few broken rows at the beginning of a file must not hide what the rest is.
  ///
  /// - Throws: what `format(of:)` says of the first row, when none is of a known format.
  public func format(ofMost rows: some Collection<Row>) throws -> any DatasetFormat.Type {
    var votes: [(format: any DatasetFormat.Type, count: Int)] = []
    for row in rows {
      guard let format = formats.first(where: { $0.matches(row.fields) }) else { continue }
      if let index = votes.firstIndex(where: { $0.format == format }) {
        votes[index].count += 1
      } else {
        votes.append((format, 1))
      }
    }
    let most = votes.map(\.count).max()
    if let winner = votes.first(where: { $0.count == most }) { return winner.format }
    guard let first = rows.first else { throw AnnealError(.data, "there are no rows") }
    return try format(of: first)
  }

  /// The format of `row`.
  ///
  /// - Throws: `AnnealError` naming file, line and the field that comes nearest to a known one,
  ///   with what would be accepted.
  public func format(of row: Row) throws -> any DatasetFormat.Type {
    if let format = formats.first(where: { $0.matches(row.fields) }) { return format }
    try DatasetCatalogue.refuse(row)
    try Turns.refuseMessage(row)
    let found = row.fields.object.map { Array($0.keys) } ?? []
    let lacking = closest(to: found)
    let accepted = formats.map { "  \($0.name): \($0.fieldsInWords)" }.joined(separator: "\n")
    throw AnnealError(
      .data, "the fields \(found.joined(separator: ", ")) are of no known format\(lacking.hint)",
      at: row.place(lacking.field),
      remedy: "Name the columns that hold what a format asks for with field_map (in a recipe) or "
        + "--map FIELD=COLUMN, such as --map instruction=\(found.first ?? "COLUMN"). Accepted are:\n"
        + accepted)
  }

  /// The field of `found` that is nearly a known one, and what to say of it.
  private func closest(to found: [String]) -> (field: String?, hint: String) {
    let known = formats.flatMap { $0.fields.flatMap(\.names) }
    for field in found where !known.contains(field) {
      if let meant = nearest(to: field, among: known.filter { !found.contains($0) }) {
        return (field, "; did you mean '\(meant)' by '\(field)'?")
      }
    }
    // The format that lacks least, of those that something is there of.
    let lacking = formats.compactMap {
      format -> (name: String, absent: [FormatField], lacks: Int)? in
      let required = format.fields.filter(\.isRequired)
      let absent = required.filter { field in !field.names.contains { found.contains($0) } }
      guard !absent.isEmpty, absent.count < required.count else { return nil }
      return (format.name, absent, required.count { !found.contains($0.name) })
    }
    if let least = lacking.min(by: { $0.lacks < $1.lacks }),
      let first = least.absent.first
    {
      return (first.name, "; \(least.name) also needs '\(first.name)'")
    }
    return (nil, "")
  }
}

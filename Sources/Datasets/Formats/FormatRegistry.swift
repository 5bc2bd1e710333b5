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
    OpenAIMessages.self,
    ShareGPT.self,
    Alpaca.self,
    PromptCompletion.self,
    QuestionAnswer.self,
    RawText.self,
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
    let names = formats.map { $0.name }
    let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw AnnealError(
      .recipe, "there is no data format '\(name)'\(hint)",
      remedy: "Known formats: \(names.joined(separator: ", ")).")
  }

  /// The format of `row`.
  ///
  /// - Throws: `AnnealError` naming file, line and the field that comes nearest to a known one,
  ///   with what would be accepted.
  public func format(of row: Row) throws -> any DatasetFormat.Type {
    if let format = formats.first(where: { $0.matches(row.fields) }) { return format }
    let found = row.fields.object.map { Array($0.keys) } ?? []
    let lacking = closest(to: found)
    let accepted = formats.map { "  \($0.name): \($0.fieldsInWords)" }.joined(separator: "\n")
    throw AnnealError(
      .data, "the fields \(found.joined(separator: ", ")) are of no known format\(lacking.hint)",
      at: row.place(lacking.field), remedy: "Accepted are:\n\(accepted)")
  }

  /// The field of `found` that is nearly a known one, and what to say of it.
  private func closest(to found: [String]) -> (field: String?, hint: String) {
    let known = formats.flatMap { $0.fields.flatMap(\.names) }
    for field in found where !known.contains(field) {
      if let meant = nearest(to: field, among: known.filter { !found.contains($0) }) {
        return (field, "; did you mean '\(meant)' by '\(field)'?")
      }
    }
    for format in formats {
      let absent = format.fields.filter { field in
        field.isRequired && !field.names.contains { found.contains($0) }
      }
      let present = format.fields.filter { field in
        field.isRequired && field.names.contains { found.contains($0) }
      }
      if let first = absent.first, !present.isEmpty {
        return (first.name, "; \(format.name) also needs '\(first.name)'")
      }
    }
    return (nil, "")
  }
}

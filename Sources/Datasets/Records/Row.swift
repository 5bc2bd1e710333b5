public import AnnealFiles
internal import OrderedCollections

/// One row of a data file, before anything is known of its format.
public struct Row: Sendable, Hashable {
  /// The row's number in its file, from 0.
  public var index: Int
  /// The file's path.
  public var file: String
  /// The line on which the row begins, from 1.
  public var line: Int
  /// The row's fields: an object.
  public var fields: JSON
  /// Whether the line alone does not tell the row, as in JSON written on one line.
  public var sharesLine = false
  /// For fields that a mapping gave, the columns they came from.
  public internal(set) var columns: [String: String] = [:]

  /// A row.
  public init(index: Int, file: String, line: Int, fields: JSON) {
    self.index = index
    self.file = file
    self.line = line
    self.fields = fields
  }

  /// The row's place, or that of a field in it.
  public func place(_ field: String? = nil) -> AnnealError.Place {
    let path = [sharesLine ? "[\(index)]" : nil, field.map(inFile)].compactMap { $0 }
    return .init(file: file, line: line, field: path.isEmpty ? nil : path.joined(separator: "."))
  }

  /// `field` as the file calls it.
  private func inFile(_ field: String) -> String {
    let name = field.prefix { $0 != "." && $0 != "[" }
    return columns[String(name)].map { $0 + field.dropFirst(name.count) } ?? field
  }

  /// The string under the first of `names` that is there and not null.
  ///
  /// - Throws: `AnnealError` naming file, line and field when it is missing or no string.
  public func text(_ names: String...) throws -> String {
    guard let text = try optionalText(names) else {
      if let name = names.first(where: { fields[$0]?.isNull == true }) {
        throw AnnealError(
          .data, "'\(name)' is null; expected a string", at: place(name),
          remedy: "Give it a text, or leave the row out.")
      }
      let keys = fields.object.map { $0.keys.joined(separator: ", ") } ?? ""
      throw AnnealError(
        .data, "the field '\(names[0])' is missing", at: place(names[0]),
        remedy: keys.isEmpty ? "The row has no fields." : "The row has: \(keys).")
    }
    return text
  }

  /// The string under the first of `names` that is there and not null; nil when none is.
  public func optionalText(_ names: String...) throws -> String? { try optionalText(names) }

  private func optionalText(_ names: [String]) throws -> String? {
    for name in names {
      guard let value = fields[name], !value.isNull else { continue }
      guard let text = value.string else { throw mismatch(name, value, expected: "a string") }
      return text
    }
    return nil
  }

  /// The failure that `value` under `field` is not what was expected.
  public func mismatch(_ field: String, _ value: JSON?, expected: String) -> AnnealError {
    AnnealError(
      .data, "'\(field)' is \(value?.kind ?? "missing"); expected \(expected)", at: place(field))
  }
}

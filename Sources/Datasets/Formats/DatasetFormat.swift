public import AnnealFiles
internal import OrderedCollections

/// A way of naming the fields of a row, such as Alpaca's.
///
/// To add one: a file like `Alpaca.swift`, and a line in `FormatRegistry.builtin`.
public protocol DatasetFormat: Sendable {
  /// The name by which recipes and `--format` choose it.
  static var name: String { get }
  /// The fields it reads, in the order a person would write them.
  static var fields: [FormatField] { get }
  /// What other tools and papers call it.
  static var aliases: [String] { get }
  /// Whether rows with `fields` are of this format.
  static func matches(_ fields: JSON) -> Bool
  /// How files of the format are read; nil to go by what they look like.
  static var kind: FileKind? { get }
  /// Whether rows are texts with a class each (see `Classification.label`).
  static var isClassified: Bool { get }
  /// What `row` says.
  ///
  /// - Throws: `AnnealError` naming file, line and field.
  static func record(from row: Row) throws -> Record
  /// All that `row` says, for formats of which a row may hold several records.
  static func records(from row: Row) throws -> [Record]
}

/// A field that a format reads.
public struct FormatField: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Whether a row must have it.
  public var isRequired: Bool
  /// Other names it may have.
  public var aliases: [String]

  /// A field that rows must have.
  public static func required(_ name: String, or aliases: String...) -> FormatField {
    FormatField(name: name, isRequired: true, aliases: aliases)
  }

  /// A field that rows may have.
  public static func optional(_ name: String, or aliases: String...) -> FormatField {
    FormatField(name: name, isRequired: false, aliases: aliases)
  }

  /// All names it may have.
  public var names: [String] { [name] + aliases }
}

extension DatasetFormat {
  /// No other names.
  public static var aliases: [String] { [] }

  /// What a file looks like decides.
  public static var kind: FileKind? { nil }

  /// Rows have no class.
  public static var isClassified: Bool { false }

  /// One record.
  public static func records(from row: Row) throws -> [Record] { [try record(from: row)] }

  /// Rows that have every required field are of this format.
  public static func matches(_ fields: JSON) -> Bool {
    self.fields.allSatisfy { field in
      !field.isRequired || field.names.contains { fields[$0] != nil }
    }
  }

  /// The fields in words: `instruction, output; may have input`.
  public static var fieldsInWords: String {
    let required = fields.filter(\.isRequired).map(\.name).joined(separator: ", ")
    let optional = fields.filter { !$0.isRequired }.map(\.name).joined(separator: ", ")
    return optional.isEmpty ? required : "\(required); may have \(optional)"
  }

  /// Fields of `row` that this format does not read.
  static func unread(in row: Row) -> [String] {
    let known = Set(fields.flatMap(\.names))
    return row.fields.object.map { $0.keys.filter { !known.contains($0) } } ?? []
  }

  /// Refuses a field whose name is nearly that of one the row lacks.
  ///
  /// `inputs` would else be lost without a word. Fields that resemble nothing (an id,
  /// a source) are passed over.
  static func checkSpelling(of row: Row) throws {
    let absent = fields.filter { field in !field.names.contains { row.fields[$0] != nil } }
    for name in unread(in: row) {
      guard let meant = nearest(to: name, among: absent.map(\.name)) else { continue }
      throw AnnealError(
        .data, "the field '\(name)' is not known; did you mean '\(meant)'?", at: row.place(name),
        remedy: "The format \(self.name) reads: \(fieldsInWords).")
    }
  }
}

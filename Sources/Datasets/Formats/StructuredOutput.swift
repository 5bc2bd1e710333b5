public import AnnealFiles
internal import AnnealText

/// A text and the JSON value to make of it: `input` and `output`, an object, an array, or JSON text.
///
/// A `schema` beside them, or one that the mapping gives for all rows, is what the value is checked
/// against. A value is learned in one line; JSON text as it stands.
public enum StructuredOutput: DatasetFormat {
  /// `structured`.
  public static let name = "structured"
  /// `input`, `output` and `schema`, by any of their names.
  public static let fields: [FormatField] = [
    .required("input", or: "text", "prompt", "question", "instruction"),
    .required("output", or: "json", "target", "answer", "completion", "response"),
    .optional("schema", or: "json_schema"), .optional("instruction"), .optional("system"),
  ]
  /// Other names of it.
  public static let aliases = ["json", "structured-output", "extraction"]

  /// Rows whose output is a JSON value and no text, or that bring a schema.
  public static func matches(_ fields: JSON) -> Bool {
    let has = { (field: FormatField) in field.names.lazy.compactMap { fields[$0] }.first }
    guard has(self.fields[0])?.string != nil, let output = has(self.fields[1]) else { return false }
    let isValue = output.object != nil || (output.array != nil && fields["question"] == nil)
    return isValue || (has(self.fields[2]).map { !$0.isNull } ?? false)
  }

  /// A conversation of the text and its value.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let text = try row.optionalText("input", "text", "prompt", "question") ?? ""
    let instruction = try row.optionalText("instruction") ?? ""
    let question = [instruction, text].filter { !$0.isEmpty }.joined(separator: "\n")
    guard !question.isEmpty else {
      throw AnnealError(.data, "the field 'input' is missing", at: row.place("input"))
    }
    let (value, answer, field) = try output(of: row)
    if let schema = try schema(of: row) {
      if let fault = schema.faults(in: value).first {
        throw AnnealError(
          .data, "'\(field)' does not fit the schema: \(fault.message)",
          at: row.place([field, fault.path].filter { !$0.isEmpty }.joined(separator: ".")),
          remedy: "Mend the row, or the schema.")
      }
    }
    return .conversation(
      Conversation(try Turns.system(of: row) + [.user(question), .assistant(answer)]))
  }

  /// The value, its text to learn, and the field it stands in.
  private static func output(of row: Row) throws -> (JSON, String, String) {
    let names = fields[1].names
    guard let name = names.first(where: { row.fields[$0].map { !$0.isNull } ?? false }),
      let value = row.fields[name]
    else { throw AnnealError(.data, "the field 'output' is missing", at: row.place("output")) }
    guard let text = value.string else { return (value, value.text(.spaced), name) }
    do {
      return (try JSON(parsing: text), text, name)
    } catch let error as AnnealError {
      let column = error.place?.column.map { ", column \($0) of the text" } ?? ""
      throw AnnealError(
        .data, "'\(name)' is \(error.message)\(column)", at: row.place(name),
        remedy: "A structured output is an object, an array, or JSON text.")
    }
  }

  private static func schema(of row: Row) throws -> JSONSchemaSubset? {
    for name in fields[2].names {
      guard let value = row.fields[name], !value.isNull else { continue }
      do {
        return try JSONSchemaSubset(value.string.map { try JSON(parsing: $0) } ?? value)
      } catch let error as AnnealError {
        let path = [name, error.place?.field].compactMap { $0 }.joined(separator: ".")
        throw AnnealError(.data, error.message, at: row.place(path), remedy: error.remedy)
      }
    }
    return nil
  }
}

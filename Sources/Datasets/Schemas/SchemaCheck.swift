internal import AnnealFiles
internal import AnnealText

/// Checks a schema itself, before any value is held against it.
enum SchemaCheck {
  private static let types = [
    "null", "boolean", "string", "array", "object", "integer", "number",
  ]
  /// Keywords that say something to people and nothing about values.
  private static let remarks: Set<String> = [
    "title", "description", "default", "examples", "$schema", "$id", "$comment", "format",
    "deprecated", "readOnly", "writeOnly",
  ]
  private static let counts: Set<String> = [
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
  ]
  private static let numbers: Set<String> = [
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
  ]

  static func check(_ schema: JSON, at path: String) throws {
    guard schema.bool == nil else { return }
    guard schema.object != nil else {
      throw fault("a schema is an object, true or false, not \(schema.kind)", path)
    }
    for (keyword, value) in schema.members {
      try check(keyword, value, at: path.isEmpty ? keyword : "\(path).\(keyword)")
    }
  }

  private static func check(_ keyword: String, _ value: JSON, at path: String) throws {
    switch keyword {
    case "type":
      let names = (value.array ?? [value]).map(\.string)
      for name in names {
        guard let name, types.contains(name) else {
          let hint = name.flatMap { nearest(to: $0, among: types) }.map {
            "; did you mean '\($0)'?"
          }
          throw fault("\(value.text()) is no type of JSON\(hint ?? "")", path)
        }
      }
    case "enum":
      guard value.array?.isEmpty == false else { throw fault("expected a list of values", path) }
    case "const": break
    case "properties":
      guard value.object != nil else { throw fault("expected an object of schemas", path) }
      for (name, part) in value.members { try check(part, at: "\(path).\(name)") }
    case "required":
      guard let names = value.array, names.allSatisfy({ $0.string != nil }) else {
        throw fault("expected a list of names", path)
      }
    case "items", "additionalProperties", "not": try check(value, at: path)
    case "anyOf", "oneOf", "allOf":
      guard let parts = value.array, !parts.isEmpty else {
        throw fault("expected a list of schemas", path)
      }
      for (index, part) in parts.enumerated() { try check(part, at: "\(path)[\(index)]") }
    case "pattern":
      guard let pattern = value.string, TextPattern(pattern) != nil else {
        throw fault("\(value.text()) is no regular expression", path)
      }
    case "uniqueItems":
      guard value.bool != nil else { throw fault("expected true or false", path) }
    case "multipleOf":
      guard let number = value.number, number > 0 else {
        throw fault("expected a number above 0", path)
      }
    case _ where counts.contains(keyword):
      guard let count = value.integer, count >= 0 else {
        throw fault("expected a whole number, 0 or more", path)
      }
    case _ where numbers.contains(keyword):
      guard value.number != nil else { throw fault("expected a number", path) }
    case _ where remarks.contains(keyword): break
    default:
      throw AnnealError(
        .data, "the schema uses '\(keyword)', which is not checked here",
        at: .init(file: "schema", field: path),
        remedy:
          "Leave it out, or say the same with type, enum, const, properties, required, items, "
          + "additionalProperties, anyOf, oneOf, allOf, not, pattern and bounds.")
    }
  }

  private static func fault(_ message: String, _ path: String) -> AnnealError {
    AnnealError(
      .data, "not a schema: \(message)",
      at: .init(file: "schema", field: path.isEmpty ? nil : path))
  }
}

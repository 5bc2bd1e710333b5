public import AnnealFiles
internal import AnnealText
internal import OrderedCollections

/// A part of JSON Schema (draft 2020-12) that is enough for the outputs of models.
///
/// Known are `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`,
/// `anyOf`, `oneOf`, `allOf`, `not`, `pattern`, and the bounds of numbers, texts, arrays and objects.
/// A schema that asks for anything else is refused: to pass over it would call values good that are
/// not. References (`$ref`) are not known.
public struct JSONSchemaSubset: Sendable, Hashable {
  /// What is wrong with a value.
  public struct Fault: Sendable, Hashable {
    /// Where in the value, such as `address.lines[2]`; empty for the value itself.
    public var path: String
    /// What was found and what was expected.
    public var message: String
  }

  /// The schema.
  public let schema: JSON

  /// A schema.
  ///
  /// - Throws: `AnnealError` naming the keyword that is unknown or has a value that it cannot have.
  public init(_ schema: JSON) throws {
    self.schema = schema
    try SchemaCheck.check(schema, at: "")
  }

  /// The schema in the file at `path`.
  public init(contentsOf path: String) throws {
    let schema = try JSON(contentsOf: path)
    do { try self.init(schema) } catch var error as AnnealError {
      error.place?.file = path
      throw error
    }
  }

  /// All that is wrong with `value`; none when it fits.
  public func faults(in value: JSON) -> [Fault] { Self.faults(in: value, schema, at: "") }

  /// Whether `value` fits.
  public func accepts(_ value: JSON) -> Bool { faults(in: value).isEmpty }

  static func faults(in value: JSON, _ schema: JSON, at path: String) -> [Fault] {
    if let all = schema.bool { return all ? [] : [Fault(path: path, message: "nothing fits here")] }
    var faults: [Fault] = []
    func expect(_ isTrue: Bool, _ message: @autoclosure () -> String) {
      if !isTrue { faults.append(Fault(path: path, message: message())) }
    }
    if let type = schema["type"] {
      let types = (type.array ?? [type]).compactMap(\.string)
      guard types.contains(where: { value.isOf(type: $0) }) else {
        return [
          Fault(path: path, message: "\(value.kind); expected \(types.joined(separator: " or "))")
        ]
      }
    }
    if let choices = schema["enum"]?.array {
      expect(
        choices.contains { $0.isSame(as: value) },
        "\(value.text()) is none of \(schema["enum"]?.text() ?? "")")
    }
    if let constant = schema["const"] {
      expect(constant.isSame(as: value), "\(value.text()); expected \(constant.text())")
    }
    faults += combined(value, schema, at: path)
    switch value {
    case .object(let members): faults += object(members, schema, at: path)
    case .array(let elements): faults += array(elements, schema, at: path)
    case .string(let text): faults += string(text, schema, at: path)
    case .integer, .wide, .number: faults += number(value.number ?? 0, schema, at: path)
    case .null, .bool: break
    }
    return faults
  }

  private static func combined(_ value: JSON, _ schema: JSON, at path: String) -> [Fault] {
    var result: [Fault] = []
    for part in schema["allOf"]?.array ?? [] { result += faults(in: value, part, at: path) }
    if let parts = schema["anyOf"]?.array {
      let tried = parts.map { faults(in: value, $0, at: path) }
      if !tried.contains(where: \.isEmpty) {
        result.append(
          Fault(path: path, message: "none of the \(parts.count) schemas of anyOf fits"))
      }
    }
    if let parts = schema["oneOf"]?.array {
      let fitting = parts.count { faults(in: value, $0, at: path).isEmpty }
      if fitting != 1 {
        result.append(
          Fault(path: path, message: "\(fitting) of the schemas of oneOf fit; expected one"))
      }
    }
    if let part = schema["not"], faults(in: value, part, at: path).isEmpty {
      result.append(Fault(path: path, message: "the schema of 'not' fits"))
    }
    return result
  }

  private static func object(
    _ members: OrderedDictionary<String, JSON>, _ schema: JSON, at path: String
  ) -> [Fault] {
    var result = bounds(members.count, schema, "Properties", "members", at: path)
    for name in (schema["required"]?.array ?? []).compactMap(\.string) where members[name] == nil {
      result.append(Fault(path: path, message: "'\(name)' is missing"))
    }
    for (name, value) in members {
      let place = path.isEmpty ? name : "\(path).\(name)"
      if let part = schema["properties"]?[name] {
        result += faults(in: value, part, at: place)
      } else if let rest = schema["additionalProperties"] {
        if rest == false {
          result.append(Fault(path: place, message: "there should be no '\(name)'"))
        } else {
          result += faults(in: value, rest, at: place)
        }
      }
    }
    return result
  }

  private static func array(_ elements: [JSON], _ schema: JSON, at path: String) -> [Fault] {
    var result = bounds(elements.count, schema, "Items", "elements", at: path)
    if let part = schema["items"] {
      for (index, element) in elements.enumerated() {
        result += faults(in: element, part, at: "\(path)[\(index)]")
      }
    }
    if schema["uniqueItems"]?.bool == true {
      let repeats = elements.indices.contains { index in
        elements[..<index].contains { $0.isSame(as: elements[index]) }
      }
      if repeats { result.append(Fault(path: path, message: "an element stands here twice")) }
    }
    return result
  }

  private static func string(_ text: String, _ schema: JSON, at path: String) -> [Fault] {
    var result = bounds(text.unicodeScalars.count, schema, "Length", "characters", at: path)
    if let pattern = schema["pattern"]?.string, TextPattern(pattern)?.occurs(in: text) == false {
      result.append(
        Fault(path: path, message: "\"\(text.prefix(60))\" does not match \(pattern)"))
    }
    return result
  }

  private static func number(_ number: Double, _ schema: JSON, at path: String) -> [Fault] {
    let rules: [(String, String, (Double, Double) -> Bool)] = [
      ("minimum", "at least", { $0 >= $1 }), ("maximum", "at most", { $0 <= $1 }),
      ("exclusiveMinimum", "above", { $0 > $1 }), ("exclusiveMaximum", "below", { $0 < $1 }),
      ("multipleOf", "a multiple of", { ($0 / $1) == ($0 / $1).rounded() }),
    ]
    return rules.compactMap { name, words, holds in
      guard let bound = schema[name]?.number, !holds(number, bound) else { return nil }
      return Fault(
        path: path,
        message: "\(JSON.number(number).text()); expected \(words) \(schema[name]?.text() ?? "")")
    }
  }

  /// Checks `min…` and `max…` of a count.
  private static func bounds(
    _ count: Int, _ schema: JSON, _ suffix: String, _ what: String, at path: String
  ) -> [Fault] {
    var result: [Fault] = []
    if let least = schema["min" + suffix]?.number, Double(count) < least {
      result.append(
        Fault(
          path: path, message: "\(count) \(what); expected at least \(Int(exactly: least) ?? 0)"))
    }
    if let most = schema["max" + suffix]?.number, Double(count) > most {
      result.append(
        Fault(path: path, message: "\(count) \(what); expected at most \(Int(exactly: most) ?? 0)"))
    }
    return result
  }
}

extension JSON {
  /// Whether this is of the JSON Schema type `name`; 1.0 is an integer there.
  fileprivate func isOf(type name: String) -> Bool {
    switch (self, name) {
    case (.null, "null"), (.bool, "boolean"), (.string, "string"), (.array, "array"),
      (.object, "object"), (.integer, "integer"), (.wide, "integer"), (.integer, "number"),
      (.wide, "number"), (.number, "number"):
      true
    case (.number(let value), "integer"): value == value.rounded() && value.isFinite
    default: false
    }
  }

  /// Equality as JSON Schema means it: 1 is 1.0, and the order of members does not matter.
  fileprivate func isSame(as other: JSON) -> Bool {
    switch (self, other) {
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    case (.object(let a), .object(let b)):
      return a.count == b.count && a.allSatisfy { key, value in b[key]?.isSame(as: value) ?? false }
    case (.integer, .number), (.number, .integer), (.wide, .number), (.number, .wide):
      return number == other.number
    default: return self == other
    }
  }
}

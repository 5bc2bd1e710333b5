internal import AnnealFiles
internal import AnnealText

/// How a task makes a value of a row: a field's name, a template in Jinja, or the value itself.
struct TaskExpression: Sendable {
  private enum Kind: Sendable {
    case constant(JSON)
    case named(String, TextTemplate)
  }
  private let kind: Kind

  /// The expression that `json` holds.
  ///
  /// - Parameter name: what errors call it, such as `arc.yaml#doc_to_text`.
  /// - Throws: `AnnealError` when it is a template that cannot be read.
  init(_ json: JSON, name: String) throws {
    if let text = json.string {
      kind = .named(text, try TextTemplate(source: text, name: name))
    } else {
      kind = .constant(json)
    }
  }

  /// The value for a row's `fields`, and whether a template wrote it.
  ///
  /// - Parameter columns: the fields that rows of the file have.
  func value(of fields: JSON, columns: Set<String>) throws -> (value: JSON, isWritten: Bool) {
    switch kind {
    case .constant(let value): return (value, false)
    case .named(let text, let template):
      if columns.contains(text) { return (fields[text] ?? .null, false) }
      return (.string(try template.render(fields)), true)
    }
  }
}

/// What a task makes of a row.
struct TaskTexts: Sendable {
  var text: TaskExpression?
  var target: TaskExpression?
  var choice: TaskExpression?

  /// The prompt's own part, or for tasks whose answers are prompts, the number of the right one.
  func question(_ row: JSON, _ columns: Set<String>) throws -> JSON {
    guard let text else { return "" }
    let (value, isWritten) = try text.value(of: row, columns: columns)
    return isWritten ? numbered(value) : value
  }

  /// The right answer: a text, the number of a choice, or a list of either.
  func answer(_ row: JSON, _ columns: Set<String>) throws -> JSON {
    guard let target else { return "" }
    let (value, isWritten) = try target.value(of: row, columns: columns)
    guard isWritten else { return value }
    let number = numbered(value)
    guard let text = number.string, text.hasPrefix("["), text.hasSuffix("]") else { return number }
    return PythonLiteral.value(of: text) ?? number
  }

  /// The answers to choose from; nil when the task has none.
  func choices(_ row: JSON, _ columns: Set<String>) throws -> [String]? {
    guard let choice else { return nil }
    let (value, isWritten) = try choice.value(of: row, columns: columns)
    let list = isWritten ? value.string.flatMap(PythonLiteral.value) : value
    let members = list.flatMap { $0.object == nil ? nil : $0.members.map(\.value) }
    guard let elements = list?.array ?? members else {
      throw AnnealError(
        .recipe,
        "doc_to_choice gives \(value.text(.spaced).prefix(80)); expected a list of answers",
        remedy: "Name a field that is a list, or write one: [\"no\", \"yes\"].")
    }
    return elements.map(Self.plain)
  }

  /// Digits that a template writes are a number where there are choices.
  private func numbered(_ value: JSON) -> JSON {
    guard choice != nil, let text = value.string, !text.isEmpty,
      text.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(text)
    else { return value }
    return .integer(number)
  }

  /// A value as Python's `str` writes it.
  static func plain(_ value: JSON) -> String {
    switch value {
    case .string(let text): text
    case .bool(let flag): flag ? "True" : "False"
    case .null: "None"
    default: value.text(.spaced)
    }
  }
}

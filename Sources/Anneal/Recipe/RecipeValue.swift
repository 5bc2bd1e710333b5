internal import AnnealFiles

/// A type that a recipe's key can hold.
protocol RecipeValue: Sendable {
  /// What is expected, in the words of an error message and of the reference.
  static var expectation: String { get }
  /// The value at `node`; a mismatch names `field`.
  static func read(_ node: RecipeNode, _ field: String) throws -> Self
  /// The value as the resolved recipe writes it.
  var json: JSON { get }
  /// The size, for checks against bounds.
  var size: Double? { get }
}

extension RecipeValue {
  var size: Double? { nil }
}

extension Bool: RecipeValue {
  static var expectation: String { "true or false" }
  var json: JSON { .bool(self) }

  static func read(_ node: RecipeNode, _ field: String) throws -> Bool {
    switch node.text?.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: throw node.mismatch(field, expected: expectation)
    }
  }
}

extension Int: RecipeValue {
  static var expectation: String { "a whole number" }
  var json: JSON { .integer(self) }
  var size: Double? { Double(self) }

  static func read(_ node: RecipeNode, _ field: String) throws -> Int {
    let text = node.text?.filter { $0 != "_" } ?? ""
    // `1e3` and `3.0` are whole numbers too.
    guard let value = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }) else {
      throw node.mismatch(field, expected: expectation)
    }
    return value
  }
}

extension Double: RecipeValue {
  static var expectation: String { "a number" }
  // Whole numbers are written without a fraction: `3`, not `3.0`.
  var json: JSON { Int(exactly: self).map { .integer($0) } ?? .number(self) }
  var size: Double? { self }

  static func read(_ node: RecipeNode, _ field: String) throws -> Double {
    guard let value = node.text.flatMap({ Double($0.filter { $0 != "_" }) }), value.isFinite else {
      throw node.mismatch(field, expected: expectation)
    }
    return value
  }
}

extension String: RecipeValue {
  static var expectation: String { "text" }
  var json: JSON { .string(self) }

  static func read(_ node: RecipeNode, _ field: String) throws -> String {
    guard let text = node.text, !text.isEmpty else {
      throw node.mismatch(field, expected: expectation)
    }
    return text
  }
}

extension Optional: RecipeValue where Wrapped: RecipeValue {
  static var expectation: String { Wrapped.expectation }
  var json: JSON { self?.json ?? .null }
  var size: Double? { self?.size }

  static func read(_ node: RecipeNode, _ field: String) throws -> Wrapped? {
    try Wrapped.read(node, field)
  }
}

extension Array: RecipeValue where Element: RecipeValue {
  static var expectation: String { "a list" }
  var json: JSON { .array(map(\.json)) }

  /// A list, or one element alone.
  static func read(_ node: RecipeNode, _ field: String) throws -> [Element] {
    guard case .list(let nodes) = node.content else { return [try Element.read(node, field)] }
    return try nodes.enumerated().map { try Element.read($1, "\(field)[\($0)]") }
  }
}

/// A value that is one of a few words.
protocol RecipeChoice: RecipeValue, CaseIterable, RawRepresentable where RawValue == String {
  /// What other tools call these values.
  static var synonyms: [String: Self] { get }
  /// Values that people know from elsewhere and that this version cannot do.
  static var later: [String] { get }
  /// What to write for values that are said in another way here.
  static var instead: [String: String] { get }
}

extension RecipeChoice {
  static var synonyms: [String: Self] { [:] }
  static var later: [String] { [] }
  static var instead: [String: String] { [:] }
  static var expectation: String { allCases.map(\.rawValue).joined(separator: ", ") }
  var json: JSON { .string(rawValue) }

  static func read(_ node: RecipeNode, _ field: String) throws -> Self {
    let text = node.text?.lowercased() ?? ""
    if let value = Self(rawValue: text) ?? synonyms[text] { return value }
    let names = allCases.map(\.rawValue)
    if later.contains(text) {
      throw AnnealError(
        .recipe, "this version does not support \(field): \(text) yet", at: node.place(field),
        remedy: "It supports \(names.joined(separator: ", ")).")
    }
    throw node.mismatch(
      field, expected: "one of \(names.joined(separator: ", "))",
      remedy: instead[text] ?? nearest(to: text, among: names).map { "Did you mean \($0)?" })
  }
}

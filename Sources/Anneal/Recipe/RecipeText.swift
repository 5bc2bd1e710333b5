public import AnnealFiles
internal import OrderedCollections

/// How recipe values are written as YAML.
enum RecipeText {
  /// A value on one line.
  static func inline(_ value: JSON) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .wide(let digits): digits
    case .number(let number): "\(number)"
    case .string(let text): scalar(text)
    case .array(let items): "[" + items.map(inline).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\($0.key): \(inline($0.value))" }.joined(separator: ", ") + "}"
    }
  }

  /// Text as a YAML scalar, quoted where it could be read as something else.
  static func scalar(_ text: String) -> String {
    let isPlain =
      text.first.map { $0.isASCII && ($0.isLetter || "/._~".contains($0)) } ?? false
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-~+@".contains($0)) }
      && !["true", "false", "yes", "no", "on", "off", "null", "~", "y", "n"]
        .contains(text.lowercased())
      && Double(text) == nil
    return isPlain ? text : JSON.string(text).text()
  }

  /// A key with its value; a list of several sources takes a line each.
  static func line(_ name: String, _ value: JSON) -> String {
    if case .array(let items) = value, items.contains(where: { $0.object != nil }) {
      return "\(name):\n" + items.map { "  - \(inline($0))\n" }.joined()
    }
    return "\(name): \(inline(value))\n"
  }
}

extension Recipe {
  /// The resolved recipe as YAML: every key with its value and a comment; reading it gives the same.
  public var yaml: String {
    var text = "# Recipe as resolved: every key that decided this run, defaults included.\n"
    for section in RecipeKey.Section.allCases {
      text += "\n# \(section.rawValue)\n"
      for key in RecipeKey.all where key.section == section {
        for line in Self.wrapped(key.summary, width: 94) { text += "# \(line)\n" }
        text += RecipeText.line(key.name, key.value(self))
      }
    }
    return text
  }

  /// Every key with its value, in the order of the reference.
  public var json: JSON {
    .object(.init(uniqueKeysWithValues: RecipeKey.all.map { ($0.name, $0.value(self)) }))
  }

  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return line.isEmpty ? lines : lines + [line]
  }
}

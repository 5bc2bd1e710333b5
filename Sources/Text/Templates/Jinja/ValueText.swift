extension Value {
  /// Python's `str()`: what printing the value writes.
  var printed: String {
    switch self {
    case .undefined: ""
    case .string(let text), .markup(let text): text
    default: represented
    }
  }

  /// Python's `repr()`: what printing a list of the value writes.
  var represented: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .float(let value): PythonText.float(value)
    case .string(let text): PythonText.quoted(text)
    case .markup(let text): "Markup(\(PythonText.quoted(text)))"
    case .list(let list): list.represented
    case .dictionary(let table):
      "{"
        + table.members.map { "\($0.key.represented): \($0.value.represented)" }
        .joined(separator: ", ") + "}"
    case .generator: "<generator object>"
    case .namespace: "<Namespace>"
    case .function(let function): "<function \(function.rawValue)>"
    case .macro(let macro): "<Macro \(PythonText.quoted(macro.definition.name))>"
    case .method(let method): "<method \(method.name)>"
    case .loop(let loop): "<LoopContext \(loop.index + 1)/\(loop.items.count)>"
    }
  }
}

extension List {
  fileprivate var represented: String {
    let inner = items.map(\.represented).joined(separator: ", ")
    return switch kind {
    case .list: "[\(inner)]"
    case .tuple: items.count == 1 ? "(\(inner),)" : "(\(inner))"
    case .range: "range(\(rangeBounds))"
    case .keys, .values, .items: "\(typeName)([\(inner)])"
    }
  }

  private var rangeBounds: String {
    guard let first = items.first?.whole, let last = items.last?.whole else { return "0, 0" }
    let step = items.count > 1 ? (items[1].whole ?? 0) - first : 1
    return step == 1 ? "\(first), \(last + 1)" : "\(first), \(last + step), \(step)"
  }
}

extension Value {
  /// How `json.dumps` is asked to write.
  struct JSONStyle {
    var escapesNonASCII = false
    var indent: String?
    var itemSeparator = ", "
    var keySeparator = ": "
    var sortsKeys = false
  }

  /// Python's `json.dumps`.
  func json(_ style: JSONStyle) throws -> String {
    var output = ""
    try writeJSON(style, level: 0, into: &output)
    return output
  }

  private func writeJSON(_ style: JSONStyle, level: Int, into output: inout String) throws {
    switch self {
    case .none: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    case .float(let value): output += Self.jsonFloat(value)
    case .string(let text), .markup(let text): Self.writeJSON(text, style, into: &output)
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      try Self.writeItems(list.items, "[", "]", style, level, &output) {
        try $0.writeJSON(style, level: level + 1, into: &$1)
      }
    case .dictionary(let table):
      var members = Array(table.members)
      if style.sortsKeys { members = try sorted(members) { $0.key } }
      try Self.writeItems(members, "{", "}", style, level, &output) {
        try Self.writeJSON(Self.jsonKey($0.key), style, into: &$1)
        $1 += style.keySeparator
        try $0.value.writeJSON(style, level: level + 1, into: &$1)
      }
    default:
      throw Fault("a value of type \(typeName) cannot be written as JSON")
    }
  }

  private static func writeItems<Item>(
    _ items: [Item], _ open: String, _ close: String, _ style: JSONStyle, _ level: Int,
    _ output: inout String, _ body: (Item, inout String) throws -> Void
  ) throws {
    output += open
    for (index, item) in items.enumerated() {
      if index > 0 { output += style.itemSeparator }
      if let indent = style.indent {
        output += "\n" + String(repeating: indent, count: level + 1)
      }
      try body(item, &output)
    }
    if let indent = style.indent, !items.isEmpty {
      output += "\n" + String(repeating: indent, count: level)
    }
    output += close
  }

  private static func jsonKey(_ key: Value) throws -> String {
    switch key {
    case .string(let text), .markup(let text): return text
    case .none: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .float(let value): return jsonFloat(value)
    default: throw Fault("a key of type \(key.typeName) cannot be written as JSON")
    }
  }

  private static func jsonFloat(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return PythonText.float(value)
  }

  private static func writeJSON(_ text: String, _ style: JSONStyle, into output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{08}": output += "\\b"
      case "\u{0C}": output += "\\f"
      case "\u{00}"..<"\u{20}":
        output += "\\u" + PythonText.hexadecimal(scalar.value, digits: 4)
      default:
        if style.escapesNonASCII && scalar.value > 0x7E {
          for unit in String(scalar).utf16 {
            output += "\\u" + PythonText.hexadecimal(UInt32(unit), digits: 4)
          }
        } else {
          output.unicodeScalars.append(scalar)
        }
      }
    }
    output += "\""
  }
}

/// `items` in Python's order of what `key` gives for each; equal ones keep their places.
func sorted<Item>(
  _ items: [Item], descending: Bool = false, by key: (Item) throws -> Value
) throws -> [Item] {
  let keyed = try items.enumerated().map { (key: try key($0.element), place: $0.offset) }
  let order = try keyed.sorted { a, b in
    if try Value.isLess(descending ? b.key : a.key, descending ? a.key : b.key) { return true }
    if try Value.isLess(descending ? a.key : b.key, descending ? b.key : a.key) { return false }
    return a.place < b.place
  }
  return order.map { items[$0.place] }
}

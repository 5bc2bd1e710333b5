extension Value {
  /// Python's `str()`: what printing the value writes.
  func printed(_ work: Work) throws -> String {
    switch self {
    case .undefined: return ""
    case .string(let text), .markup(let text): return text
    default: return try represented(work)
    }
  }

  /// Python's `repr()`: what printing a list of the value writes.
  func represented(_ work: Work) throws -> String {
    var writer = TextWriter(work)
    var open: Set<ObjectIdentifier> = []
    try represent(into: &writer, &open)
    return writer.text
  }

  /// - Parameter open: the namespaces that are being written, which may lead back to themselves.
  private func represent(into writer: inout TextWriter, _ open: inout Set<ObjectIdentifier>) throws
  {
    switch self {
    case .undefined: try writer.write("Undefined")
    case .none: try writer.write("None")
    case .bool(let value): try writer.write(value ? "True" : "False")
    case .integer(let value): try writer.write(String(value))
    case .wide(let digits): try writer.write(digits)
    case .float(let value): try writer.write(PythonText.float(value))
    case .string(let text):
      try writer.work.scan(text)
      try writer.write(PythonText.quoted(text))
    case .markup(let text):
      try writer.work.scan(text)
      try writer.write("Markup(\(PythonText.quoted(text)))")
    case .list(let list): try list.represent(into: &writer) { try $0.represent(into: &$1, &open) }
    case .dictionary(let table):
      try Self.represent(table.members.map { ($0, $1) }, into: &writer, &open)
    case .generator: try writer.write("<generator object>")
    case .namespace(let namespace):
      let isNew = open.insert(ObjectIdentifier(namespace)).inserted
      guard isNew else { return try writer.write("<Namespace {...}>") }
      try writer.write("<Namespace ")
      let members = namespace.attributes.map { (Value.string($0), $1) }
      try Self.represent(members, into: &writer, &open)
      try writer.write(">")
      open.remove(ObjectIdentifier(namespace))
    case .function(let function): try writer.write("<function \(function.rawValue)>")
    case .macro(let macro):
      try writer.write("<Macro \(PythonText.quoted(macro.definition.name))>")
    case .method(let method): try writer.write("<method \(method.name)>")
    case .loop(let loop):
      try writer.write("<LoopContext \(loop.index + 1)/\(loop.items.count)>")
    case .joiner: try writer.write("<Joiner>")
    case .cycler: try writer.write("<Cycler>")
    }
  }

  private static func represent(
    _ members: [(Value, Value)], into writer: inout TextWriter,
    _ open: inout Set<ObjectIdentifier>
  ) throws {
    try writer.work.checkStack()
    try writer.write("{")
    for (index, (key, value)) in members.enumerated() {
      if index > 0 { try writer.write(", ") }
      try key.represent(into: &writer, &open)
      try writer.write(": ")
      try value.represent(into: &writer, &open)
    }
    try writer.write("}")
  }
}

extension List {
  fileprivate func represent(
    into writer: inout TextWriter, _ body: (Value, inout TextWriter) throws -> Void
  ) throws {
    if kind == .range { return try writer.write("range(\(rangeBounds))") }
    try writer.work.checkStack()
    let isView = kind != .list && kind != .tuple
    try writer.write(kind == .tuple ? "(" : isView ? "\(typeName)([" : "[")
    for (index, item) in items.enumerated() {
      if index > 0 { try writer.write(", ") }
      try body(item, &writer)
    }
    if kind == .tuple, items.count == 1 { try writer.write(",") }
    try writer.write(kind == .tuple ? ")" : isView ? "])" : "]")
  }

  private var rangeBounds: String {
    guard let bounds else { return "0, 0" }
    let step = bounds.step == 1 ? "" : ", \(bounds.step)"
    return "\(bounds.start), \(bounds.stop)\(step)"
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
  func json(_ style: JSONStyle, _ work: Work) throws -> String {
    var writer = TextWriter(work)
    try writeJSON(style, level: 0, into: &writer)
    return writer.text
  }

  private func writeJSON(_ style: JSONStyle, level: Int, into output: inout TextWriter) throws {
    switch self {
    case .none: try output.write("null")
    case .bool(let value): try output.write(value ? "true" : "false")
    case .integer(let value): try output.write(String(value))
    case .wide(let digits): try output.write(digits)
    case .float(let value): try output.write(Self.jsonFloat(value))
    case .string(let text), .markup(let text): try Self.writeJSON(text, style, into: &output)
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      try Self.writeItems(list.items, "[", "]", style, level, &output) {
        try $0.writeJSON(style, level: level + 1, into: &$1)
      }
    case .dictionary(let table):
      var members = Array(table.members)
      if style.sortsKeys { members = try sorted(members, within: output.work) { $0.key } }
      try Self.writeItems(members, "{", "}", style, level, &output) {
        try Self.writeJSON(Self.jsonKey($0.key), style, into: &$1)
        try $1.write(style.keySeparator)
        try $0.value.writeJSON(style, level: level + 1, into: &$1)
      }
    default:
      throw Fault("a value of type \(typeName) cannot be written as JSON")
    }
  }

  private static func writeItems<Item>(
    _ items: [Item], _ open: String, _ close: String, _ style: JSONStyle, _ level: Int,
    _ output: inout TextWriter, _ body: (Item, inout TextWriter) throws -> Void
  ) throws {
    try output.work.checkStack()
    func newLine(_ level: Int, _ output: inout TextWriter) throws {
      guard let indent = style.indent else { return }
      try output.write("\n")
      for _ in 0..<level { try output.write(indent) }
    }
    try output.write(open)
    for (index, item) in items.enumerated() {
      if index > 0 { try output.write(style.itemSeparator) }
      try newLine(level + 1, &output)
      try body(item, &output)
    }
    if !items.isEmpty { try newLine(level, &output) }
    try output.write(close)
  }

  private static func jsonKey(_ key: Value) throws -> String {
    switch key {
    case .string(let text), .markup(let text), .wide(let text): return text
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

  private static func writeJSON(
    _ text: String, _ style: JSONStyle, into writer: inout TextWriter
  ) throws {
    try writer.work.scan(text)
    var output = "\""
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
    try writer.write(output + "\"")
  }
}

/// `items` in Python's order of what `key` gives for each; equal ones keep their places.
func sorted<Item>(
  _ items: [Item], descending: Bool = false, within work: Work, by key: (Item) throws -> Value
) throws -> [Item] {
  try work.charge(Work.element, times: items.count)
  let keyed = try items.enumerated().map { (key: try key($0.element), place: $0.offset) }
  let order = try keyed.sorted { a, b in
    try work.charge(Work.step)
    let (first, second) = descending ? (b, a) : (a, b)
    if try Value.isLess(first.key, second.key, within: work) { return true }
    if try Value.isLess(second.key, first.key, within: work) { return false }
    return a.place < b.place
  }
  return order.map { items[$0.place] }
}

internal import OrderedCollections

extension Value {
  /// Python's `pprint.pformat`: lines of at most 80 columns where that can be, keys in order.
  func prettyPrinted(_ work: Work) throws -> String {
    var printer = PrettyPrinter(work)
    try printer.write(self, indent: 0, allowance: 0, level: 1)
    return printer.writer.text
  }
}

private struct PrettyPrinter {
  private static let width = 80
  private(set) var writer: TextWriter

  init(_ work: Work) { writer = TextWriter(work) }

  /// - Parameters:
  ///   - indent: the column where the value begins.
  ///   - allowance: how many columns are needed after it for what closes around it.
  ///   - level: how deep the value is, from 1.
  mutating func write(_ value: Value, indent: Int, allowance: Int, level: Int) throws {
    try writer.work.checkStack()
    let value = try ordered(value)
    let line = try value.represented(writer.work)
    guard line.unicodeScalars.count > Self.width - indent - allowance else {
      return try writer.write(line)
    }
    switch value {
    case .string(let text):
      try write(text, indent: indent, allowance: allowance, level: level)
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      let close = list.kind == .list ? "]" : list.items.count == 1 ? ",)" : ")"
      try writer.write(list.kind == .list ? "[" : "(")
      for (index, item) in list.items.enumerated() {
        let isLast = index == list.items.count - 1
        if index > 0 { try breakLine(indent + 1) }
        try write(
          item, indent: indent + 1, allowance: isLast ? allowance + close.count : 1,
          level: level + 1)
      }
      try writer.write(close)
    case .dictionary(let table):
      try writer.write("{")
      for (index, (key, value)) in table.members.enumerated() {
        if index > 0 { try breakLine(indent + 1) }
        let name = try key.represented(writer.work)
        try writer.write(name + ": ")
        let isLast = index == table.members.count - 1
        try write(
          value, indent: indent + 3 + name.unicodeScalars.count,
          allowance: isLast ? allowance + 1 : 1, level: level + 1)
      }
      try writer.write("}")
    default: try writer.write(line)
    }
  }

  private mutating func breakLine(_ indent: Int) throws {
    try writer.write(",\n")
    try writer.write(String(repeating: " ", count: indent))
  }

  /// A text on several lines, cut after its line ends and spaces.
  private mutating func write(_ text: String, indent: Int, allowance: Int, level: Int) throws {
    let indent = level == 1 ? indent + 1 : indent
    let allowance = level == 1 ? allowance + 1 : allowance
    let room = Self.width - indent
    var chunks: [String] = []
    let lines = PythonText.lines(text, keepingEnds: true)
    for (index, line) in lines.enumerated() {
      let isLast = index == lines.count - 1
      let whole = PythonText.quoted(line)
      if whole.unicodeScalars.count <= room - (isLast ? allowance : 0) {
        chunks.append(whole)
        continue
      }
      let parts = parts(line)
      var current = ""
      for (place, part) in parts.enumerated() {
        let room = isLast && place == parts.count - 1 ? room - allowance : room
        let candidate = current + part
        try writer.work.scan(candidate)
        if PythonText.quoted(candidate).unicodeScalars.count > room {
          if !current.isEmpty { chunks.append(PythonText.quoted(current)) }
          current = part
        } else {
          current = candidate
        }
      }
      if !current.isEmpty { chunks.append(PythonText.quoted(current)) }
    }
    let isEnclosed = level == 1 && chunks.count > 1
    if isEnclosed { try writer.write("(") }
    try writer.write(chunks, separator: "\n" + String(repeating: " ", count: indent))
    if isEnclosed { try writer.write(")") }
  }

  /// Words, each with the space after it.
  private func parts(_ line: String) -> [String] {
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    var wasSpace = false
    for scalar in line.unicodeScalars {
      let isSpace = PythonText.isSpace(scalar)
      if wasSpace, !isSpace {
        parts.append(String(part))
        part = String.UnicodeScalarView()
      }
      part.append(scalar)
      wasSpace = isSpace
    }
    return part.isEmpty ? parts : parts + [String(part)]
  }

  /// The value with the keys of its dictionaries in order, where they have one.
  private func ordered(_ value: Value) throws -> Value {
    try writer.work.checkStack()
    switch value {
    case .dictionary(let table):
      try writer.work.charge(table.weight)
      let members = Array(table.members)
      let inOrder = (try? sorted(members, within: writer.work) { $0.key }) ?? members
      var result = Table.Members(minimumCapacity: members.count)
      for (key, value) in inOrder { result[key] = try ordered(value) }
      return .dictionary(Table(result))
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      try writer.work.charge(list.weight)
      return .list(List(try list.items.map(ordered), list.kind))
    default: return value
    }
  }
}

extension Renderer {
  /// A method of the text `text`; `value` says whether it is marked safe.
  func ofText(
    _ text: String, _ value: Value, _ name: String, _ arguments: CallArguments
  ) throws -> Value {
    switch name {
    case "strip", "lstrip", "rstrip":
      let set = try arguments.bound("chars", to: name)[0]
      return Filters.map(value) {
        Methods.strip($0, set, leading: name != "rstrip", trailing: name != "lstrip")
      }
    case "split", "rsplit":
      let values = try arguments.bound("sep", "maxsplit", to: name)
      return try split(text, values[0], Methods.limit(values[1]), fromEnd: name == "rsplit", value)
    case "splitlines":
      let keeps = try arguments.bound("keepends", to: name)[0]?.isTrue ?? false
      return .list(PythonText.lines(text, keepingEnds: keeps).map { Self.like(value, $0) })
    case "startswith", "endswith": return .bool(try affix(text, name, arguments))
    case "replace":
      let values = try arguments.bound("old", "new", "count", required: 2, to: name)
      guard let old = values[0]?.text, let new = values[1]?.text else {
        throw Fault("replace needs two strings")
      }
      let changed = try PythonText.replacing(
        old, with: value.isMarkup ? PythonText.escapedHTML(new) : new, in: text,
        limit: Methods.limit(values[2]), within: limits)
      return Self.like(value, changed)
    case "removeprefix", "removesuffix":
      let part = try string(arguments, name)
      return Self.like(value, Self.removing(part, from: text, atStart: name == "removeprefix"))
    case "partition", "rpartition":
      return try partition(text, try string(arguments, name), last: name == "rpartition", value)
    case "join":
      let parts = try (arguments.positional.first ?? .none).elements().map { item in
        guard let part = item.text else { throw Fault("join needs strings") }
        return part
      }
      guard parts.count * text.utf8.count <= limits.textBytes else {
        throw Fault("the joined text is too long")
      }
      return Self.like(value, parts.joined(separator: text))
    case "format":
      let formatted = try Formatting.braces(text, arguments) { value, key, isItem in
        guard isItem else { return try attribute(key, of: value) }
        return try item(Int(key).map(Value.integer) ?? .string(key), of: value)
      }
      return Self.like(value, formatted)
    case "count", "find", "rfind", "index", "rindex":
      return .integer(try search(text, name, arguments))
    case "ljust", "rjust", "center":
      let values = try arguments.bound("width", "fillchar", required: 1, to: name)
      let alignment: Methods.Alignment =
        name == "ljust" ? .left : name == "rjust" ? .right : .middle
      return try Methods.padded(value, values[0], values[1], alignment)
    case "zfill":
      let width = try arguments.bound("width", required: 1, to: name)[0]
      let hasSign = text.hasPrefix("-") || text.hasPrefix("+")
      let digits = hasSign ? String(text.dropFirst()) : text
      let inner = width?.whole.map { Value.integer($0 - (hasSign ? 1 : 0)) }
      let filled = try Methods.padded(.string(digits), inner, .string("0"), .right)
      return Self.like(value, (hasSign ? String(text.prefix(1)) : "") + filled.printed)
    default:
      _ = try arguments.bound(to: name)
      if let changed = Self.recased(text, name) { return Self.like(value, changed) }
      if let answer = Self.classified(text, name) { return .bool(answer) }
      throw Fault("the string's method '\(name)' is not known here")
    }
  }

  private static func like(_ value: Value, _ text: String) -> Value {
    value.isMarkup ? .markup(text) : .string(text)
  }

  private func string(_ arguments: CallArguments, _ name: String) throws -> String {
    let found = try arguments.bound("value", required: 1, to: name)[0]
    guard let text = found?.text else { throw Fault("\(name) needs a string") }
    return text
  }

  private func split(
    _ text: String, _ separator: Value?, _ limit: Int, fromEnd: Bool, _ value: Value
  ) throws -> Value {
    func flipped(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
    }
    let source = fromEnd ? flipped(text) : text
    var parts: [String]
    if let separator, !separator.isNone {
      guard let mark = separator.text, !mark.isEmpty else {
        throw Fault("split needs a separator that is not empty")
      }
      parts = PythonText.split(source, by: fromEnd ? flipped(mark) : mark, limit: limit)
    } else {
      parts = PythonText.words(source, limit: limit)
      // What is left after the last cut keeps the space at its far end.
      if limit != .max, parts.count > limit, let rest = remainder(of: source, after: limit) {
        parts[parts.count - 1] = rest
      }
    }
    if fromEnd { parts = parts.reversed().map(flipped) }
    return .list(parts.map { Self.like(value, $0) })
  }

  /// What follows the first `count` words and the space after them.
  private func remainder(of text: String, after count: Int) -> String? {
    var rest = text.unicodeScalars.drop(while: PythonText.isSpace)
    for _ in 0..<count {
      rest = rest.drop { !PythonText.isSpace($0) }.drop(while: PythonText.isSpace)
    }
    return rest.isEmpty ? nil : String(rest)
  }

  private func affix(_ text: String, _ name: String, _ arguments: CallArguments) throws -> Bool {
    let found = try arguments.bound("value", required: 1, to: name)[0] ?? .none
    let parts: [Value]
    if case .list(let list) = found, list.kind == .tuple {
      parts = list.items
    } else {
      parts = [found]
    }
    return try parts.contains { part in
      guard let affix = part.text else {
        try part.requireDefined()
        throw Fault("\(name) needs a string or a tuple of strings")
      }
      return name == "startswith"
        ? text.utf8.starts(with: affix.utf8)
        : text.utf8.reversed().starts(with: affix.utf8.reversed())
    }
  }

  private static func removing(_ part: String, from text: String, atStart: Bool) -> String {
    let bytes = text.utf8
    if atStart {
      return bytes.starts(with: part.utf8) ? String(bytes.dropFirst(part.utf8.count)) ?? text : text
    }
    return bytes.reversed().starts(with: part.utf8.reversed())
      ? String(bytes.dropLast(part.utf8.count)) ?? text : text
  }

  private func partition(
    _ text: String, _ mark: String, last: Bool, _ value: Value
  ) throws -> Value {
    guard !mark.isEmpty else { throw Fault("partition needs a separator that is not empty") }
    var found = PythonText.firstRange(of: mark, in: text)
    while last, let current = found,
      let next = PythonText.firstRange(
        of: mark, in: text, from: text.unicodeScalars.index(after: current.lowerBound))
    {
      found = next
    }
    guard let found else {
      return .tuple((last ? ["", "", text] : [text, "", ""]).map { Self.like(value, $0) })
    }
    let parts = [
      String(text[..<found.lowerBound]), mark, String(text[found.upperBound...]),
    ]
    return .tuple(parts.map { Self.like(value, $0) })
  }

  private func search(_ text: String, _ name: String, _ arguments: CallArguments) throws -> Int {
    let values = try arguments.bound("sub", "start", "end", required: 1, to: name)
    guard let part = values[0]?.text else { throw Fault("\(name) needs a string") }
    let scalars = Array(text.unicodeScalars)
    let wanted = Array(part.unicodeScalars)
    func place(_ value: Value?, _ standard: Int) -> Int {
      guard let index = value?.whole else { return standard }
      return max(
        0, min(scalars.count, index < 0 ? max(index, -scalars.count) + scalars.count : index))
    }
    let (start, end) = (place(values[1], 0), place(values[2], scalars.count))
    var places: [Int] = []
    var index = start
    while index + wanted.count <= end {
      if scalars[index..<index + wanted.count].elementsEqual(wanted) {
        places.append(index)
        if name == "find" || name == "index" { break }
        index += name == "count" ? max(1, wanted.count) : 1
      } else {
        index += 1
      }
    }
    if name == "count" { return places.count }
    if let found = name.hasPrefix("r") ? places.last : places.first { return found }
    if name.hasSuffix("index") { throw Fault("the substring is not found") }
    return -1
  }

  private static func recased(_ text: String, _ name: String) -> String? {
    switch name {
    case "upper": text.uppercased()
    case "lower", "casefold": text.lowercased()
    case "capitalize": PythonText.capitalized(text)
    case "title": PythonText.titled(text)
    case "swapcase":
      text.unicodeScalars.reduce(into: "") {
        $0 +=
          $1.properties.isUppercase
          ? $1.properties.lowercaseMapping : $1.properties.uppercaseMapping
      }
    default: nil
    }
  }

  private static func classified(_ text: String, _ name: String) -> Bool? {
    func all(_ holds: (Unicode.Scalar) -> Bool) -> Bool {
      !text.isEmpty && text.unicodeScalars.allSatisfy(holds)
    }
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
        true
      default: false
      }
    }
    switch name {
    case "isspace": return all(PythonText.isSpace)
    case "isalpha": return all(isLetter)
    case "isdecimal": return all { $0.properties.numericType == .decimal }
    case "isdigit":
      return all { [.decimal, .digit].contains($0.properties.numericType) }
    case "isnumeric": return all { $0.properties.numericType != nil }
    case "isalnum": return all { isLetter($0) || $0.properties.numericType != nil }
    case "isascii": return text.utf8.allSatisfy { $0 < 128 }
    case "isupper": return Tests.isCased(text, \.isLowercase)
    case "islower": return Tests.isCased(text, \.isUppercase)
    case "istitle": return !text.isEmpty && PythonText.titled(text) == text
    default: return nil
    }
  }
}

internal import OrderedCollections

extension Renderer {
  /// A method of the text `text`; `value` says whether it is marked safe.
  func ofText(
    _ text: String, _ value: Value, _ name: String, _ arguments: CallArguments
  ) throws -> Value {
    switch name {
    case "strip", "lstrip", "rstrip":
      let set = try arguments.bound("chars", to: name)[0]
      return try Filters.map(value, self) {
        Methods.strip($0, set, leading: name != "rstrip", trailing: name != "lstrip")
      }
    case "split", "rsplit":
      let values = try arguments.bound("sep", "maxsplit", to: name)
      return try split(text, values[0], Methods.limit(values[1]), fromEnd: name == "rsplit", value)
    case "splitlines":
      let keeps = try arguments.bound("keepends", to: name)[0]?.isTrue ?? false
      return try list(PythonText.lines(text, keepingEnds: keeps), like: value)
    case "startswith", "endswith": return .bool(try affix(text, name, arguments))
    case "replace":
      let values = try arguments.bound("old", "new", "count", required: 2, to: name)
      guard let old = values[0]?.text, let new = values[1]?.text else {
        throw Fault("replace needs two strings")
      }
      let changed = try PythonText.replacing(
        old, with: value.isMarkup ? PythonText.escapedHTML(new) : new, in: text,
        limit: Methods.limit(values[2]), within: work)
      return Self.like(value, changed)
    case "removeprefix", "removesuffix":
      let part = try string(arguments, name)
      return Self.like(value, Self.removing(part, from: text, atStart: name == "removeprefix"))
    case "partition", "rpartition":
      return try partition(text, try string(arguments, name), last: name == "rpartition", value)
    case "join":
      let values = try arguments.bound("iterable", required: 1, to: name)
      var writer = TextWriter(work)
      for (index, item) in try (values[0] ?? .none).elements(within: work).enumerated() {
        guard let part = item.text else { throw Fault("join needs strings") }
        if index > 0, !text.isEmpty { try writer.write(text) }
        let isPlain = !value.isMarkup || item.isMarkup
        try writer.write(isPlain ? part : PythonText.escapedHTML(part))
      }
      return Self.like(value, writer.text)
    case "format", "format_map":
      var arguments = arguments
      if name == "format_map" {
        let values = try arguments.bound("mapping", required: 1, to: name)
        guard case .dictionary(let table)? = values[0] else {
          throw Fault("format_map needs a dict")
        }
        arguments = CallArguments()
        for (key, member) in table.members {
          if let key = key.text { arguments.keywords.append((key, member)) }
        }
      }
      let formatted = try Formatting.braces(
        text, arguments, escaping: value.isMarkup, within: work
      ) { value, key, isItem in
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
      return try Methods.padded(value, values[0], values[1], alignment, within: work)
    case "zfill":
      let width = try arguments.bound("width", required: 1, to: name)[0]
      let hasSign = text.hasPrefix("-") || text.hasPrefix("+")
      let digits = hasSign ? String(text.dropFirst()) : text
      let inner = width?.whole.map { Value.integer($0.saturatingAdd(hasSign ? -1 : 0)) }
      let filled = try Methods.padded(
        .string(digits), inner, .string("0"), .right, within: work)
      return Self.like(value, (hasSign ? String(text.prefix(1)) : "") + (filled.text ?? ""))
    case "expandtabs":
      let size = try arguments.bound("tabsize", to: name)[0] ?? .integer(8)
      guard let size = size.whole else { throw Fault("expandtabs needs a whole number") }
      return Self.like(value, try expandingTabs(text, size))
    case "translate": return Self.like(value, try translated(text, arguments))
    case "maketrans": return try translation(arguments)
    default:
      _ = try arguments.bound(to: name)
      // Those that look at each character and its neighbours.
      if ["capitalize", "casefold", "swapcase", "title"].contains(name) {
        try work.charge(3 * Work.scan, times: text.utf8.count)
      }
      if let changed = Self.recased(text, name) { return Self.like(value, changed) }
      if let answer = Self.classified(text, name) { return .bool(answer) }
      throw Fault("the string's method '\(name)' is not known here")
    }
  }

  private func list(_ parts: [String], like value: Value) throws -> Value {
    try work.makeList(parts.count)
    return .list(parts.map { Self.like(value, $0) })
  }

  private func expandingTabs(_ text: String, _ size: Int) throws -> String {
    guard size <= Formatting.widest else { throw Fault("the tabs are too wide") }
    var writer = TextWriter(work)
    var column = 0
    for scalar in text.unicodeScalars {
      if scalar == "\t" {
        guard size > 0 else { continue }
        let missing = size - column % size
        try writer.write(String(repeating: " ", count: missing))
        column += missing
      } else {
        try writer.write(String(scalar))
        column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
      }
    }
    return writer.text
  }

  /// The text with each character replaced by what a dict has under its number.
  private func translated(_ text: String, _ arguments: CallArguments) throws -> String {
    let found = try arguments.bound("table", required: 1, to: "translate")[0]
    guard case .dictionary(let table)? = found else { throw Fault("translate needs a dict") }
    var writer = TextWriter(work)
    for scalar in text.unicodeScalars {
      switch table.members[.integer(Int(scalar.value))] {
      case nil: try writer.write(String(scalar))
      case .some(.none): break
      case let new? where new.text != nil: try writer.write(new.text ?? "")
      case let new?:
        guard let scalar = new.whole.flatMap({ UInt32(exactly: $0) }).flatMap(Unicode.Scalar.init)
        else { throw Fault("translate needs strings and numbers of characters") }
        try writer.write(String(scalar))
      }
    }
    return writer.text
  }

  /// The dict that `translate` takes, from two or three strings or from a dict.
  private func translation(_ arguments: CallArguments) throws -> Value {
    let values = try arguments.bound("x", "y", "z", required: 1, to: "maketrans")
    var pairs: [(Value, Value)] = []
    if case .dictionary(let given)? = values[0], values[1] == nil {
      for (key, value) in given.members {
        let scalars = key.text?.unicodeScalars
        guard
          let number = key.whole
            ?? scalars.flatMap({ $0.count == 1 ? $0.first : nil }).map({ Int($0.value) })
        else { throw Fault("maketrans needs single characters as keys") }
        pairs.append((.integer(number), value))
      }
      return try table(pairs)
    }
    guard let from = values[0]?.text?.unicodeScalars, let to = values[1]?.text?.unicodeScalars,
      from.count == to.count
    else { throw Fault("maketrans needs two strings of the same length") }
    for (old, new) in zip(from, to) {
      pairs.append((.integer(Int(old.value)), .integer(Int(new.value))))
    }
    for scalar in values[2]?.text?.unicodeScalars ?? "".unicodeScalars {
      pairs.append((.integer(Int(scalar.value)), .none))
    }
    return try table(pairs)
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
    return try list(parts, like: value)
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
    let values = try arguments.bound("value", "start", "end", required: 1, to: name)
    let found = values[0] ?? .none
    let parts: [Value]
    if case .list(let list) = found, list.kind == .tuple {
      parts = list.items
    } else {
      parts = [found]
    }
    guard let span = Span(text, values[1], values[2]) else { return false }
    return try parts.contains { part in
      guard let affix = part.text else {
        try part.requireDefined()
        throw Fault("\(name) needs a string or a tuple of strings")
      }
      try work.charge(affix.utf8.count)
      return name == "startswith"
        ? span.bytes.starts(with: affix.utf8)
        : span.bytes.count >= affix.utf8.count
          && span.bytes.suffix(affix.utf8.count).elementsEqual(affix.utf8)
    }
  }

  private static func removing(_ part: String, from text: String, atStart: Bool) -> String {
    let bytes = text.utf8
    if atStart {
      return bytes.starts(with: part.utf8) ? String(bytes.dropFirst(part.utf8.count)) ?? text : text
    }
    return bytes.count >= part.utf8.count
      && bytes.suffix(part.utf8.count).elementsEqual(part.utf8)
      ? String(bytes.dropLast(part.utf8.count)) ?? text : text
  }

  private func partition(
    _ text: String, _ mark: String, last: Bool, _ value: Value
  ) throws -> Value {
    guard !mark.isEmpty else { throw Fault("partition needs a separator that is not empty") }
    let found =
      last ? PythonText.lastRange(of: mark, in: text) : PythonText.firstRange(of: mark, in: text)
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
    let span = Span(text, values[1], values[2])
    if name == "count" { return span.map { Self.occurrences(of: part, in: $0) } ?? 0 }
    let found = span.flatMap { span in
      let inner = String(Substring(span.bytes))
      let range =
        name.hasPrefix("r")
        ? PythonText.lastRange(of: part, in: inner) : PythonText.firstRange(of: part, in: inner)
      return range.map { span.start + inner.unicodeScalars[..<$0.lowerBound].count }
    }
    if let found { return found }
    if name.hasSuffix("index") { throw Fault("the substring is not found") }
    return -1
  }

  private static func occurrences(of part: String, in span: Span) -> Int {
    let inner = String(Substring(span.bytes))
    guard !part.isEmpty else { return inner.unicodeScalars.count + 1 }
    var (count, place) = (0, 0)
    while let found = PythonText.firstOffset(of: part, in: inner, from: place) {
      count += 1
      place = found + part.utf8.count
    }
    return count
  }

  /// The part of a text between two places, which are given as for a slice.
  private struct Span {
    let bytes: Substring.UTF8View
    /// The number of code points before it.
    let start: Int

    /// Nil where the first place is behind the second or the end.
    init?(_ text: String, _ from: Value?, _ to: Value?) {
      let scalars = text.unicodeScalars
      guard from?.whole != nil || to?.whole != nil else {
        (bytes, start) = (text[...].utf8, 0)
        return
      }
      let count = scalars.count
      let first = Methods.place(from, of: count, otherwise: 0)
      let last = Methods.place(to, of: count, otherwise: count)
      guard first <= last, from?.whole.map({ $0 <= count }) ?? true else { return nil }
      let begin = scalars.index(scalars.startIndex, offsetBy: first)
      bytes = text[begin..<scalars.index(begin, offsetBy: last - first)].utf8
      start = first
    }
  }

  private static func recased(_ text: String, _ name: String) -> String? {
    switch name {
    case "upper": text.uppercased()
    case "lower": PythonText.lowered(text)
    case "casefold": PythonText.folded(text)
    case "capitalize": PythonText.capitalized(text)
    case "title": PythonText.titled(text)
    case "swapcase": PythonText.swapped(text)
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
    case "isidentifier":
      let first = text.unicodeScalars.first
      return first.map { $0 == "_" || $0.properties.isXIDStart } ?? false
        && text.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
    case "isprintable": return text.unicodeScalars.allSatisfy(PythonText.isPrintable)
    case "isascii": return text.utf8.allSatisfy { $0 < 128 }
    case "isupper": return Tests.isCased(text, \.isLowercase)
    case "islower": return Tests.isCased(text, \.isUppercase)
    case "istitle": return !text.isEmpty && PythonText.titled(text) == text
    default: return nil
    }
  }
}

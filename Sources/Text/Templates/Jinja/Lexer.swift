internal import AnnealFiles

/// Cuts a template into tokens.
///
/// For chat templates, as transformers sets Jinja up, the first newline after a block is dropped
/// (`trim_blocks`), and so is the space before a block on its line (`lstrip_blocks`).
struct Lexer {
  private let source: [Unicode.Scalar]
  private let name: String
  private let dialect: Dialect
  private var position = 0
  private var tokens: [TemplateToken] = []
  private var lineStarts: [Int]

  init(source: String, name: String, dialect: Dialect = .chat) {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(source.utf8.count)
    for scalar in source.unicodeScalars {
      if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
      scalars.append(scalar)
    }
    for index in scalars.indices where scalars[index] == "\r" { scalars[index] = "\n" }
    if !dialect.keepsLastNewline, scalars.last == "\n" { scalars.removeLast() }
    self.source = scalars
    self.name = name
    self.dialect = dialect
    lineStarts = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
  }

  /// All tokens; the last one is `.end`.
  mutating func run() throws -> [TemplateToken] {
    // True where the source before the position ends a line.
    var lineStarting = true
    while let begin = nextDelimiter() {
      let sign = at(begin + 2)
      let kind = source[begin + 1]
      emitText(
        upTo: begin, strippingAll: sign == "-",
        strippingLine: sign != "+" && kind != "{", lineStarting: lineStarting)
      let start = begin
      position = begin + (sign == "-" || sign == "+" ? 3 : 2)
      switch kind {
      case "#": try skipComment(from: start)
      case "%":
        if try !raw(from: start) { try block(from: start) }
      default: try output(from: start)
      }
      lineStarting = position > 0 && source[position - 1] == "\n"
    }
    emitText(upTo: source.count, strippingAll: false, strippingLine: false, lineStarting: false)
    append(.end, at: source.count)
    return tokens
  }

  // MARK: Text

  private func at(_ index: Int) -> Unicode.Scalar? {
    source.indices.contains(index) ? source[index] : nil
  }

  private func nextDelimiter() -> Int? {
    var index = position
    while index + 1 < source.count {
      if source[index] == "{" {
        let next = source[index + 1]
        if next == "{" || next == "%" || next == "#" { return index }
      }
      index += 1
    }
    return nil
  }

  private mutating func emitText(
    upTo end: Int, strippingAll: Bool, strippingLine: Bool, lineStarting: Bool
  ) {
    var text = source[position..<end]
    if strippingAll {
      while let last = text.last, PythonText.isSpace(last) { text.removeLast() }
    } else if strippingLine, dialect.trimsBlocks {
      let lineStart = text.lastIndex(of: "\n").map { $0 + 1 }
      let from = lineStart ?? text.startIndex
      if lineStart != nil || lineStarting, from < end,
        text[from...].allSatisfy(PythonText.isSpace)
      {
        text = text[..<from]
      }
    }
    guard !text.isEmpty else { return }
    append(.data(Self.string(text)), at: position)
  }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private mutating func skipComment(from start: Int) throws {
    let inner = position
    while position + 1 < source.count {
      if source[position] == "#", source[position + 1] == "}" {
        // The sign of the opening is no sign of the closing.
        let sign = position > inner ? source[position - 1] : "#"
        position += 2
        closeBlock(sign: sign)
        return
      }
      position += 1
    }
    throw fault("the comment that begins here is not closed", at: start)
  }

  /// Drops what a closing delimiter takes with it: all space after `-`, else one newline.
  private mutating func closeBlock(sign: Unicode.Scalar) {
    if sign == "-" {
      skipSpace()
    } else if sign != "+", dialect.trimsBlocks, at(position) == "\n" {
      position += 1
    }
  }

  private mutating func skipSpace() {
    while let scalar = at(position), PythonText.isSpace(scalar) { position += 1 }
  }

  /// A `raw` block, when there is one: its text as it stands.
  private mutating func raw(from start: Int) throws -> Bool {
    guard let open = tagEnd(word: "raw", from: position) else { return false }
    position = open.end
    if open.sign == "-" { skipSpace() }
    let textStart = position
    var index = position
    while index + 1 < source.count {
      if source[index] == "{", source[index + 1] == "%" {
        let sign = at(index + 2)
        let inner = index + (sign == "-" || sign == "+" ? 3 : 2)
        if let close = tagEnd(word: "endraw", from: inner) {
          position = textStart
          emitText(
            upTo: index, strippingAll: sign == "-", strippingLine: sign != "+",
            lineStarting: false)
          position = close.end
          closeBlock(sign: close.sign)
          return true
        }
      }
      index += 1
    }
    throw fault("the raw block that begins here is not closed", at: start)
  }

  /// The end of a tag that holds `word` alone, and the sign before its `%}`.
  private func tagEnd(word: String, from start: Int) -> (end: Int, sign: Unicode.Scalar)? {
    var index = start
    func space() { while let scalar = at(index), PythonText.isSpace(scalar) { index += 1 } }
    space()
    for scalar in word.unicodeScalars {
      guard at(index) == scalar else { return nil }
      index += 1
    }
    space()
    var sign: Unicode.Scalar = "%"
    if let found = at(index), found == "-" || found == "+" {
      sign = found
      index += 1
    }
    guard at(index) == "%", at(index + 1) == "}" else { return nil }
    return (index + 2, sign)
  }

  // MARK: Expressions

  private mutating func output(from start: Int) throws {
    append(.outputBegin, at: start)
    try expression(closing: "}", from: start)
    append(.outputEnd, at: position)
    if source[position] == "-" {
      position += 3
      skipSpace()
    } else {
      position += 2
    }
  }

  private mutating func block(from start: Int) throws {
    append(.blockBegin, at: start)
    try expression(closing: "%", from: start)
    append(.blockEnd, at: position)
    let sign = source[position]
    position += sign == "%" ? 2 : 3
    closeBlock(sign: sign)
  }

  /// Whether the delimiter that ends with `first` and `}` is here, with or without a sign.
  private func isClosing(_ first: Unicode.Scalar) -> Bool {
    if at(position) == first, at(position + 1) == "}" { return true }
    let signed = at(position) == "-" || (at(position) == "+" && first == "%")
    return signed && at(position + 1) == first && at(position + 2) == "}"
  }

  private mutating func expression(closing first: Unicode.Scalar, from start: Int) throws {
    var open: [(scalar: Unicode.Scalar, index: Int)] = []
    while let scalar = at(position) {
      if open.isEmpty, isClosing(first) { return }
      if PythonText.isSpace(scalar) {
        position += 1
      } else if scalar == "\"" || scalar == "'" {
        try string(quote: scalar)
      } else if ("0"..."9").contains(scalar) {
        try number()
      } else if scalar == "_" || scalar.properties.isAlphabetic {
        word()
      } else {
        try symbol(&open)
      }
    }
    throw fault("the tag that begins here is not closed", at: start)
  }

  private mutating func word() {
    let start = position
    while let scalar = at(position),
      scalar == "_" || scalar.properties.isAlphabetic
        || scalar.properties.numericType == .decimal
    {
      position += 1
    }
    append(.name(Self.string(source[start..<position])), at: start)
  }

  private static let partners: [Unicode.Scalar: Unicode.Scalar] = [
    ")": "(", "]": "[", "}": "{",
  ]
  private static let pairs = ["**", "//", "==", "!=", ">=", "<="]
  private static let singles: Set<Unicode.Scalar> = [
    "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}", "=", ">", "<", ".", ":", "|", ",",
    ";",
  ]

  private mutating func symbol(_ open: inout [(scalar: Unicode.Scalar, index: Int)]) throws {
    let scalar = source[position]
    if let next = at(position + 1) {
      let pair = Self.string([scalar, next])
      if Self.pairs.contains(pair) {
        append(.symbol(pair), at: position)
        position += 2
        return
      }
    }
    guard Self.singles.contains(scalar) else {
      throw fault("unexpected character '\(scalar)'", at: position)
    }
    if scalar == "(" || scalar == "[" || scalar == "{" {
      open.append((scalar, position))
    } else if let partner = Self.partners[scalar] {
      guard open.popLast()?.scalar == partner else {
        throw fault("unexpected '\(scalar)'", at: position)
      }
    }
    append(.symbol(String(scalar)), at: position)
    position += 1
  }

  // MARK: Places

  private mutating func append(_ kind: TemplateToken.Kind, at index: Int) {
    tokens.append(TemplateToken(kind: kind, position: place(of: index)))
  }

  private func place(of index: Int) -> Position {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= index { low = middle } else { high = middle }
    }
    return Position(line: low + 1, column: index - lineStarts[low] + 1)
  }

  private func fault(_ message: String, at index: Int) -> AnnealError {
    Fault(message).located(place(of: index), in: name)
  }
}

// MARK: Literals

extension Lexer {
  private mutating func number() throws {
    let start = position
    var digits = ""
    func isDigit(_ scalar: Unicode.Scalar?, _ radix: Int) -> Bool {
      guard let scalar, scalar.isASCII else { return false }
      return Character(scalar).hexDigitValue.map { $0 < radix } ?? false
    }
    func take(_ radix: Int) {
      while let scalar = at(position) {
        if isDigit(scalar, radix) {
          digits.unicodeScalars.append(scalar)
        } else if scalar != "_" || !isDigit(at(position + 1), radix) {
          return
        }
        position += 1
      }
    }
    let radixes: [Unicode.Scalar: Int] = ["x": 16, "X": 16, "o": 8, "O": 8, "b": 2, "B": 2]
    if at(start) == "0", let mark = at(start + 1), let radix = radixes[mark],
      isDigit(at(start + 2), radix) || (at(start + 2) == "_" && isDigit(at(start + 3), radix))
    {
      position += 2
      take(radix)
      guard let value = Int(digits, radix: radix) else {
        throw fault("the number is too large", at: start)
      }
      return append(.integer(value), at: start)
    }
    take(10)
    // After a point, as in `rows.0.1`, a number is a place and whole.
    if at(start - 1) == "." { return try whole(digits, from: start) }
    var isFloat = false
    if at(position) == ".", isDigit(at(position + 1), 10) {
      isFloat = true
      digits += "."
      position += 1
      take(10)
    }
    if let mark = at(position), mark == "e" || mark == "E" {
      let sign = at(position + 1)
      let signed = sign == "+" || sign == "-"
      if isDigit(at(position + (signed ? 2 : 1)), 10) {
        isFloat = true
        digits += signed && sign == "-" ? "e-" : "e"
        position += signed ? 2 : 1
        take(10)
      }
    }
    if isFloat {
      append(.float(Double(digits) ?? .infinity), at: start)
    } else {
      try whole(digits, from: start)
    }
  }

  private mutating func whole(_ digits: String, from start: Int) throws {
    if digits.hasPrefix("0"), digits.contains(where: { $0 != "0" }) {
      throw fault("a whole number cannot begin with zero", at: start)
    }
    guard let value = Int(digits) else { throw fault("the number is too large", at: start) }
    append(.integer(value), at: start)
  }

  private mutating func string(quote: Unicode.Scalar) throws {
    let start = position
    position += 1
    var text = String.UnicodeScalarView()
    while let scalar = at(position) {
      position += 1
      if scalar == quote {
        return append(.string(String(text)), at: start)
      } else if scalar == "\\" {
        try escape(into: &text, from: start)
      } else {
        text.append(scalar)
      }
    }
    throw fault("the string that begins here is not closed", at: start)
  }

  /// One of Python's escapes; an unknown one stands for itself.
  private mutating func escape(
    into text: inout String.UnicodeScalarView, from start: Int
  ) throws {
    guard let scalar = at(position) else { return }
    position += 1
    let simple: [Unicode.Scalar: Unicode.Scalar] = [
      "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{07}",
      "b": "\u{08}", "f": "\u{0C}", "v": "\u{0B}",
    ]
    let hexadecimal: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
    if let plain = simple[scalar] {
      text.append(plain)
    } else if scalar == "N" {
      text.append(try named(from: start))
    } else if let count = hexadecimal[scalar] {
      text.append(try code(digits: count, from: start))
    } else if ("0"..."7").contains(scalar) {
      var digits = String(scalar)
      while digits.count < 3, let next = at(position), ("0"..."7").contains(next) {
        digits.unicodeScalars.append(next)
        position += 1
      }
      text.append(Unicode.Scalar(UInt32(digits, radix: 8) ?? 0) ?? "\u{FFFD}")
    } else if scalar != "\n" {
      text.append("\\")
      text.append(scalar)
    }
  }

  /// The character whose Unicode name stands in braces.
  private mutating func named(from start: Int) throws -> Unicode.Scalar {
    guard at(position) == "{", let end = source[position...].firstIndex(of: "}"),
      end - position <= 100
    else { throw fault("the string holds an incomplete escape", at: start) }
    let name = Self.string(source[(position + 1)..<end]).uppercased()
    position = end + 1
    guard let value = Self.names[name].flatMap(Unicode.Scalar.init) else {
      throw fault("no character is named '\(name)'", at: start)
    }
    return value
  }

  /// The characters by name, made when a template first asks for one.
  private static let names: [String: UInt32] = {
    var names: [String: UInt32] = [:]
    for value in UInt32(0)...0x10FFFF {
      guard let properties = Unicode.Scalar(value)?.properties else { continue }
      for name in [properties.nameAlias, properties.name].compactMap({ $0 }) {
        names[name] = value
      }
    }
    return names
  }()

  private mutating func code(digits count: Int, from start: Int) throws -> Unicode.Scalar {
    let digits = Self.string(source[position..<min(position + count, source.count)])
    position = min(position + count, source.count)
    guard digits.unicodeScalars.count == count, let value = UInt32(digits, radix: 16) else {
      throw fault("the string holds an incomplete escape", at: start)
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}

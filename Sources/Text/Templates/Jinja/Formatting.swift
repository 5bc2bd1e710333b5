internal import OrderedCollections

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Python's two ways to put values into a text: `"%s" % value` and `"{}".format(value)`.
enum Formatting {
  /// How one value is written.
  struct Specification {
    var fill: Unicode.Scalar = " "
    var alignment: Unicode.Scalar?
    var sign: Unicode.Scalar?
    var isAlternate = false
    var groups = false
    var width = 0
    var precision: Int?
    var type: Unicode.Scalar?
  }

  static let widest = 10_000

  // MARK: %

  static func percent(_ format: String, _ value: Value) throws -> String {
    var positional: [Value] = [value]
    if case .list(let list) = value, list.kind == .tuple { positional = list.items }
    var used = 0
    var scanner = Scanner(format)
    var output = ""
    while let scalar = scanner.next() {
      guard scalar == "%" else {
        output.unicodeScalars.append(scalar)
        continue
      }
      if scanner.take("%") {
        output += "%"
        continue
      }
      var chosen: Value?
      if scanner.take("(") {
        guard case .dictionary(let table) = value else { throw Fault("the format needs a dict") }
        let key = try scanner.text(until: ")")
        guard let found = table.members[.string(key)] else {
          throw Fault("the format's '\(key)' is not given")
        }
        chosen = found
      }
      let specification = try scanner.percentSpecification()
      if chosen == nil {
        guard used < positional.count else { throw Fault("the format needs more values") }
        chosen = positional[used]
        used += 1
      }
      output += try percent(chosen ?? .none, specification)
    }
    if used < positional.count, case .list = value {
      throw Fault("the format has fewer places than values")
    }
    return output
  }

  private static func percent(_ value: Value, _ specification: Specification) throws -> String {
    var specification = specification
    switch specification.type {
    case "s", "r", "a":
      let text = specification.type == "s" ? value.printed : value.represented
      specification.type = "s"
      specification.alignment = specification.alignment == "<" ? "<" : ">"
      specification.fill = " "
      return try write(.string(text), specification)
    case "d", "i", "u":
      guard let number = value.number else { throw Fault("%d needs a number") }
      specification.type = "d"
      return try write(.integer(try whole(number, of: value)), specification)
    case "x", "X", "o", "f", "F", "e", "E", "g", "G":
      guard value.number != nil else { throw Fault("the format needs a number") }
      return try write(value, specification)
    case "c":
      if let text = value.text, text.unicodeScalars.count == 1 { return text }
      guard let scalar = value.whole.flatMap({ UInt32(exactly: $0) }).flatMap(Unicode.Scalar.init)
      else { throw Fault("%c needs a character") }
      return String(scalar)
    default: throw Fault("the format has an unknown conversion")
    }
  }

  static func whole(_ number: Double, of value: Value) throws -> Int {
    if let whole = value.whole { return whole }
    guard let whole = Int(exactly: number.rounded(.towardZero)) else {
      throw Fault("the number \(PythonText.float(number)) does not fit an integer")
    }
    return whole
  }

  // MARK: {}

  static func braces(
    _ format: String, _ arguments: CallArguments,
    member: (Value, String, Bool) throws -> Value
  ) throws -> String {
    var scanner = Scanner(format)
    var output = ""
    var used = 0
    while let scalar = scanner.next() {
      if scalar == "}" {
        guard scanner.take("}") else { throw Fault("the format has a single '}'") }
        output += "}"
      } else if scalar != "{" || scanner.take("{") {
        output.unicodeScalars.append(scalar)
      } else {
        let field = try scanner.text(until: "}")
        let parts = PythonText.split(field, by: ":", limit: 1)
        let named = PythonText.split(parts[0], by: "!", limit: 1)
        var value = try resolve(named[0], arguments, &used, member: member)
        if named.count > 1 {
          value = .string(named[1] == "r" ? value.represented : value.printed)
        }
        output += try write(value, parts.count > 1 ? parts[1] : "")
      }
    }
    return output
  }

  private static func resolve(
    _ field: String, _ arguments: CallArguments, _ used: inout Int,
    member: (Value, String, Bool) throws -> Value
  ) throws -> Value {
    let head = field.unicodeScalars.prefix { $0 != "." && $0 != "[" }
    var rest = Scanner(String(field.unicodeScalars.dropFirst(head.count)))
    let name = String(head)
    var value: Value
    if name.isEmpty || Int(name) != nil {
      // Places are numbered by the template or by order, not both; -1 stands for the former.
      guard used == 0 || name.isEmpty == (used > 0) else {
        throw Fault("the format numbers some places and not others")
      }
      let index = Int(name) ?? used
      used = name.isEmpty ? used + 1 : -1
      guard arguments.positional.indices.contains(index) else {
        throw Fault("the format needs more values")
      }
      value = arguments.positional[index]
    } else if let found = arguments.keyword(name) {
      value = found
    } else {
      throw Fault("the format's '\(name)' is not given")
    }
    while let scalar = rest.next() {
      value =
        scalar == "["
        ? try member(value, try rest.text(until: "]"), true)
        : try member(value, rest.text { $0 != "." && $0 != "[" }, false)
    }
    return value
  }

  /// Python's `format(value, specification)`.
  static func write(_ value: Value, _ specification: String) throws -> String {
    if specification.isEmpty { return value.printed }
    var scanner = Scanner(specification)
    return try write(value, try scanner.formatSpecification())
  }

  private static func write(_ value: Value, _ specification: Specification) throws -> String {
    if value.text != nil || value.number == nil || specification.type == "s" {
      var text = value.printed
      if let precision = specification.precision {
        text = String(text.unicodeScalars.prefix(precision))
      }
      return padded(text, specification, standard: "<")
    }
    var digits = try magnitude(value, specification)
    if specification.groups { digits = grouped(digits) }
    let isNegative = (value.number ?? 0) < 0
    let sign =
      isNegative ? "-" : specification.sign.map { $0 == "-" ? "" : String($0) } ?? ""
    if specification.alignment == "="
      || (specification.alignment == nil && specification.fill == "0")
    {
      let missing = specification.width - sign.count - digits.count
      return sign + String(repeating: String(specification.fill), count: max(0, missing)) + digits
    }
    return padded(sign + digits, specification, standard: ">")
  }

  private static func magnitude(_ value: Value, _ specification: Specification) throws -> String {
    let number = (value.number ?? 0).magnitude
    let whole = value.whole
    switch specification.type {
    case nil where whole == nil:
      guard let precision = specification.precision else { return PythonText.float(number) }
      return c("%.*g", precision, number)
    case nil, "d", "n":
      guard let whole else { throw Fault("the format needs a whole number") }
      return String(whole.magnitude)
    case "x", "X", "o", "b":
      guard let whole else { throw Fault("the format needs a whole number") }
      let radix = specification.type == "o" ? 8 : specification.type == "b" ? 2 : 16
      let digits = String(whole.magnitude, radix: radix, uppercase: specification.type == "X")
      let mark = specification.type.map { "0\($0)" } ?? ""
      return specification.isAlternate ? mark + digits : digits
    case "f", "F": return c("%.*f", specification.precision ?? 6, number)
    case "e": return c("%.*e", specification.precision ?? 6, number)
    case "E": return c("%.*E", specification.precision ?? 6, number)
    case "g": return c("%.*g", specification.precision ?? 6, number)
    case "G": return c("%.*G", specification.precision ?? 6, number)
    case "%": return c("%.*f", specification.precision ?? 6, number * 100) + "%"
    default: throw Fault("the format has an unknown conversion")
    }
  }

  /// One number by the C library, which rounds as Python does.
  static func c(_ format: String, _ precision: Int, _ number: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 400 + min(precision, widest))
    let written = withVaList([CInt(min(precision, widest)), number]) {
      vsnprintf(&buffer, buffer.count, format, $0)
    }
    let bytes = buffer.prefix(max(0, Int(written))).map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func grouped(_ digits: String) -> String {
    let whole = digits.prefix { $0.isNumber }
    var output = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3) { output += "," }
      output.append(digit)
    }
    return output + digits.dropFirst(whole.count)
  }

  private static func padded(
    _ text: String, _ specification: Specification, standard: Unicode.Scalar
  ) -> String {
    let missing = max(0, specification.width - text.unicodeScalars.count)
    let alignment = specification.alignment ?? standard
    let before = alignment == "<" ? 0 : alignment == "^" ? missing / 2 : missing
    let fill = String(specification.fill)
    return String(repeating: fill, count: before) + text
      + String(repeating: fill, count: missing - before)
  }
}

/// Goes through a format's code points.
private struct Scanner {
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  mutating func next() -> Unicode.Scalar? {
    guard let scalar = peek else { return nil }
    position += 1
    return scalar
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    position += 1
    return true
  }

  mutating func text(while keep: (Unicode.Scalar) -> Bool) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = peek, keep(scalar) {
      text.append(scalar)
      position += 1
    }
    return String(text)
  }

  mutating func text(until end: Unicode.Scalar) throws -> String {
    let text = text { $0 != end }
    guard take(end) else { throw Fault("the format lacks '\(end)'") }
    return text
  }

  private mutating func number() throws -> Int? {
    let digits = text { ("0"..."9").contains($0) }
    guard !digits.isEmpty else { return nil }
    guard let value = Int(digits), value <= Formatting.widest else {
      throw Fault("the format is wider than \(Formatting.widest)")
    }
    return value
  }

  mutating func percentSpecification() throws -> Formatting.Specification {
    var result = Formatting.Specification()
    while let flag = peek, ["-", "+", " ", "0", "#"].contains(flag) {
      switch flag {
      case "-": result.alignment = "<"
      case "0": result.fill = "0"
      case "#": result.isAlternate = true
      default: result.sign = flag
      }
      position += 1
    }
    if result.alignment == "<" { result.fill = " " }
    result.width = try number() ?? 0
    if take(".") { result.precision = try number() ?? 0 }
    result.type = next()
    return result
  }

  mutating func formatSpecification() throws -> Formatting.Specification {
    var result = Formatting.Specification()
    let alignments: [Unicode.Scalar] = ["<", ">", "^", "="]
    if position + 1 < scalars.count, alignments.contains(scalars[position + 1]) {
      result.fill = scalars[position]
      result.alignment = scalars[position + 1]
      position += 2
    } else if let alignment = peek, alignments.contains(alignment) {
      result.alignment = next()
    }
    if let sign = peek, ["+", "-", " "].contains(sign) { result.sign = next() }
    result.isAlternate = take("#")
    if take("0"), result.alignment == nil { result.fill = "0" }
    result.width = try number() ?? 0
    result.groups = take(",")
    if take(".") { result.precision = try number() ?? 0 }
    result.type = next()
    guard peek == nil else { throw Fault("the format has an unknown specification") }
    return result
  }
}

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
    /// What stands between groups of digits.
    var grouping: Unicode.Scalar?
    /// Whether zeros fill the space between the sign and the digits.
    var padsZeros = false
    var width = 0
    var precision: Int?
    var type: Unicode.Scalar?
  }

  static let widest = 10_000

  // MARK: %

  /// - Parameter escaping: whether the format is marked safe, so that what is put in is escaped.
  static func percent(
    _ format: String, _ value: Value, escaping: Bool = false, within work: Work
  ) throws -> String {
    try work.scan(format)
    var positional: [Value] = [value]
    if case .list(let list) = value, list.kind == .tuple { positional = list.items }
    var used = 0
    func taken() throws -> Value {
      guard used < positional.count else { throw Fault("the format needs more values") }
      used += 1
      return positional[used - 1]
    }
    func width() throws -> Int {
      guard let width = try taken().whole else { throw Fault("'*' needs a whole number") }
      return width
    }
    var scanner = Scanner(format)
    var writer = TextWriter(work)
    while let scalar = scanner.next() {
      guard scalar == "%" else {
        try writer.write(String(scalar))
        continue
      }
      if scanner.take("%") {
        try writer.write("%")
        continue
      }
      var chosen: Value?
      if scanner.take("(") {
        guard case .dictionary(let table) = value else { throw Fault("the format needs a dict") }
        let key = try scanner.key()
        guard let found = table.members[.string(key)] else {
          throw Fault("the format's '\(key.prefix(200))' is not given")
        }
        chosen = found
      }
      let specification = try scanner.percentSpecification(width)
      if specification.type == "%" {
        try writer.write("%")
        continue
      }
      let text = try percent(try chosen ?? taken(), specification, work)
      try writer.write(escaping ? PythonText.escapedHTML(text) : text)
    }
    if used < positional.count, !isMapping(value) {
      throw Fault("the format has fewer places than values")
    }
    return writer.text
  }

  /// Whether Python takes the value for one whose members the format may name, or not.
  private static func isMapping(_ value: Value) -> Bool {
    switch value {
    case .dictionary, .undefined: true
    case .list(let list): list.kind == .list || list.kind == .range
    default: false
    }
  }

  private static func percent(
    _ value: Value, _ specification: Specification, _ work: Work
  ) throws -> String {
    var specification = specification
    switch specification.type {
    case "s", "r", "a":
      var text = try specification.type == "s" ? value.printed(work) : value.represented(work)
      if specification.type == "a" { text = PythonText.escapedNonASCII(text) }
      specification.alignment = specification.alignment == "<" ? "<" : ">"
      specification.fill = " "
      return padded(cut(text, specification), specification, standard: ">")
    case "d", "i", "u":
      guard let number = value.number else { throw Fault("%d needs a number") }
      specification.type = "d"
      if case .wide = value { return try write(value, specification) }
      return try write(.integer(try whole(number, of: value)), specification)
    case "x", "X", "o":
      guard value.whole != nil else { throw Fault("the format needs a whole number") }
      return try write(value, specification)
    case "f", "F", "e", "E", "g", "G":
      guard value.number != nil else { throw Fault("the format needs a number") }
      return try write(value, specification)
    case "c":
      guard
        let text = value.text.flatMap({ $0.unicodeScalars.count == 1 ? $0 : nil })
          ?? value.whole.flatMap({ UInt32(exactly: $0) }).flatMap(Unicode.Scalar.init)
          .map({ String($0) })
      else { throw Fault("%c needs a character") }
      specification.fill = " "
      return padded(text, specification, standard: ">")
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

  typealias Member = (Value, String, Bool) throws -> Value

  static func braces(
    _ format: String, _ arguments: CallArguments, escaping: Bool = false, within work: Work,
    member: Member
  ) throws -> String {
    try work.scan(format)
    var used = 0
    return try braces(
      format, arguments, &used, escaping: escaping, within: work, depth: 2, member: member)
  }

  private static func braces(
    _ format: String, _ arguments: CallArguments, _ used: inout Int, escaping: Bool,
    within work: Work, depth: Int, member: Member
  ) throws -> String {
    guard depth > 0 else { throw Fault("the format nests too deeply") }
    var scanner = Scanner(format)
    var writer = TextWriter(work)
    while let scalar = scanner.next() {
      if depth == 2, scalar == "}" {
        guard scanner.take("}") else { throw Fault("the format has a single '}'") }
        try writer.write("}")
      } else if scalar != "{" || (depth == 2 && scanner.take("{")) {
        try writer.write(String(scalar))
      } else {
        let field = try scanner.field()
        var value = try resolve(field.name, arguments, &used, member: member)
        switch field.conversion {
        case "": break
        case "r": value = .string(try value.represented(work))
        case "s": value = .string(try value.printed(work))
        case "a": value = .string(PythonText.escapedNonASCII(try value.represented(work)))
        default: throw Fault("the format has an unknown conversion")
        }
        var specification = field.specification
        if specification.contains("{") {
          specification = try braces(
            specification, arguments, &used, escaping: false, within: work, depth: depth - 1,
            member: member)
        }
        let text = try write(value, specification, work)
        try writer.write(escaping && !value.isMarkup ? PythonText.escapedHTML(text) : text)
      }
    }
    return writer.text
  }

  private static func resolve(
    _ field: String, _ arguments: CallArguments, _ used: inout Int, member: Member
  ) throws -> Value {
    let head = field.unicodeScalars.prefix { $0 != "." && $0 != "[" }
    var rest = Scanner(String(field.unicodeScalars.dropFirst(head.count)))
    let name = String(head)
    var value: Value
    if name.unicodeScalars.allSatisfy({ ("0"..."9").contains($0) }) {
      // Places are numbered by the template or by order, not both; -1 stands for the former.
      guard used == 0 || name.isEmpty == (used > 0) else {
        throw Fault("the format numbers some places and not others")
      }
      guard let index = name.isEmpty ? used : Int(name) else {
        throw Fault("the format needs more values")
      }
      used = name.isEmpty ? used + 1 : -1
      guard arguments.positional.indices.contains(index) else {
        throw Fault("the format needs more values")
      }
      value = arguments.positional[index]
    } else if let found = arguments.keyword(name) {
      value = found
    } else {
      throw Fault("the format's '\(name.prefix(200))' is not given")
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
  private static func write(
    _ value: Value, _ specification: String, _ work: Work
  ) throws -> String {
    if specification.isEmpty { return try value.printed(work) }
    var scanner = Scanner(specification)
    let specification = try scanner.formatSpecification()
    if let text = value.text {
      guard specification.type ?? "s" == "s", specification.grouping == nil,
        specification.sign == nil, specification.alignment != "=", !specification.isAlternate
      else { throw Fault("the format does not fit a string") }
      var specification = specification
      if specification.padsZeros { specification.fill = "0" }
      return padded(cut(text, specification), specification, standard: "<")
    }
    guard value.number != nil, specification.type != "s" else {
      throw Fault("the format does not fit a value of type \(value.typeName)")
    }
    let isWhole = value.whole != nil || value.typeName == "int"
    switch specification.type {
    case nil, "d", "x", "X", "o", "b", "n", "c":
      let isShown = isWhole || specification.type == nil || specification.type == "n"
      guard isShown, !isWhole || specification.precision == nil else {
        throw Fault("the format does not fit a value of type \(value.typeName)")
      }
    default: break
    }
    return try write(value, specification)
  }

  private static func cut(_ text: String, _ specification: Specification) -> String {
    guard let precision = specification.precision else { return text }
    return String(text.unicodeScalars.prefix(precision))
  }

  private static func write(_ value: Value, _ specification: Specification) throws -> String {
    var specification = specification
    if specification.type == "c" {
      guard let scalar = value.whole.flatMap({ UInt32(exactly: $0) }).flatMap(Unicode.Scalar.init)
      else { throw Fault("the format needs the number of a character") }
      return padded(String(scalar), specification, standard: ">")
    }
    var digits = try magnitude(value, specification)
    let isNegative =
      value.number.map { $0 < 0 || ($0 == 0 && $0.sign == .minus) } ?? false
    let sign =
      (isNegative ? "-" : specification.sign.map { $0 == "-" ? "" : String($0) } ?? "")
      + mark(specification)
    if specification.padsZeros, specification.alignment == nil {
      specification.alignment = "="
      specification.fill = "0"
    }
    if let separator = specification.grouping {
      let every = ["x", "X", "o", "b"].contains(specification.type) ? 4 : 3
      let isZeros = specification.alignment == "=" && specification.fill == "0"
      digits = grouped(
        digits, Character(separator), every: every,
        width: isZeros ? specification.width - sign.count : 0)
    }
    if specification.alignment == "=" {
      let missing = specification.width - sign.count - digits.count
      return sign + PythonText.repeated(String(specification.fill), missing) + digits
    }
    return padded(sign + digits, specification, standard: ">")
  }

  /// What stands between the sign and the digits of a number that is not decimal.
  private static func mark(_ specification: Specification) -> String {
    guard specification.isAlternate, let type = specification.type,
      ["x", "X", "o", "b"].contains(type)
    else { return "" }
    return "0\(type)"
  }

  private static func magnitude(_ value: Value, _ specification: Specification) throws -> String {
    let number = (value.number ?? 0).magnitude
    let whole = value.whole
    func zeros(_ digits: String) -> String {
      let missing = (specification.precision ?? 0) - digits.count
      return PythonText.repeated("0", missing) + digits
    }
    if number.isInfinite || number.isNaN, whole == nil {
      if case .float = value {
        let isUpper = specification.type.map { ["F", "E", "G"].contains($0) } ?? false
        let text = number.isNaN ? "nan" : "inf"
        return (isUpper ? text.uppercased() : text) + (specification.type == "%" ? "%" : "")
      }
    }
    switch specification.type {
    case nil where whole == nil, "n" where whole == nil:
      if case .wide(let digits) = value { return zeros(digits.filter(\.isNumber)) }
      if specification.type == "n" { return c("%.*g", specification.precision ?? 6, number) }
      guard let precision = specification.precision else { return PythonText.float(number) }
      return general(number, max(1, precision))
    case nil, "d", "n":
      if case .wide(let digits) = value { return zeros(digits.filter(\.isNumber)) }
      guard let whole else { throw Fault("the format needs a whole number") }
      return zeros(String(whole.magnitude))
    case "x", "X", "o", "b":
      guard let whole else { throw Fault("the format needs a whole number") }
      let radix = specification.type == "o" ? 8 : specification.type == "b" ? 2 : 16
      return zeros(String(whole.magnitude, radix: radix, uppercase: specification.type == "X"))
    case "f", "F": return c("%.*f", specification.precision ?? 6, number)
    case "e": return c("%.*e", specification.precision ?? 6, number)
    case "E": return c("%.*E", specification.precision ?? 6, number)
    case "g": return c("%.*g", specification.precision ?? 6, number)
    case "G": return c("%.*G", specification.precision ?? 6, number)
    case "%": return c("%.*f", specification.precision ?? 6, number * 100) + "%"
    default: throw Fault("the format has an unknown conversion")
    }
  }

  /// A float with so many digits that count, which shows that it is one: `3.0`, `1.23e+06`.
  private static func general(_ number: Double, _ precision: Int) -> String {
    let scientific = c("%.*e", precision - 1, number)
    let parts = scientific.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return scientific }
    if exponent >= -4, exponent < precision - 1 {
      let digits = c("%.*g", precision, number)
      return digits.contains(".") ? digits : digits + ".0"
    }
    var mantissa = parts[0]
    if mantissa.contains(".") {
      while mantissa.last == "0" { mantissa.removeLast() }
      if mantissa.last == "." { mantissa.removeLast() }
    }
    return "\(mantissa)e\(parts[1])"
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

  /// Digits in groups, with zeros before them up to a width.
  private static func grouped(
    _ digits: String, _ separator: Character, every size: Int, width: Int
  ) -> String {
    let whole = digits.prefix { $0.isHexDigit }
    let rest = digits.dropFirst(whole.count)
    var reversed: [Character] = []
    var count = 0
    func add(_ digit: Character) {
      if count > 0, count.isMultiple(of: size) { reversed.append(separator) }
      reversed.append(digit)
      count += 1
    }
    for digit in whole.reversed() { add(digit) }
    while reversed.count + rest.count < width { add("0") }
    return String(reversed.reversed()) + rest
  }

  private static func padded(
    _ text: String, _ specification: Specification, standard: Unicode.Scalar
  ) -> String {
    let missing = max(0, specification.width - text.unicodeScalars.count)
    let alignment = specification.alignment ?? standard
    let before = alignment == "<" ? 0 : alignment == "^" ? missing / 2 : missing
    let fill = String(specification.fill)
    return PythonText.repeated(fill, before) + text
      + PythonText.repeated(fill, missing - before)
  }
}

/// Goes through a format's code points.
private struct Scanner {
  /// A place for a value in a format.
  struct Field { var name = "", conversion = "", specification = "" }

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

  /// A name in parentheses, of which the first is already taken.
  mutating func key() throws -> String {
    var text = String.UnicodeScalarView()
    var depth = 1
    while let scalar = next() {
      if scalar == "(" { depth += 1 }
      if scalar == ")" { depth -= 1 }
      if depth == 0 { return String(text) }
      text.append(scalar)
    }
    throw Fault("the format lacks ')'")
  }

  /// A field in braces, of which the first is already taken.
  mutating func field() throws -> Field {
    var field = Field()
    field.name = text { $0 != "}" && $0 != "{" && $0 != ":" && $0 != "!" && $0 != "[" }
    while take("[") {
      field.name += "[" + (try text(until: "]")) + "]"
      field.name += text { $0 != "}" && $0 != "{" && $0 != ":" && $0 != "!" && $0 != "[" }
    }
    if take("!") {
      field.conversion = text { $0 != "}" && $0 != ":" }
      if field.conversion.isEmpty { throw Fault("the format lacks a conversion after '!'") }
    }
    if take(":") {
      var text = String.UnicodeScalarView()
      var depth = 1
      while let scalar = peek {
        if scalar == "{" { depth += 1 }
        if scalar == "}" { depth -= 1 }
        if depth == 0 { break }
        text.append(scalar)
        position += 1
      }
      field.specification = String(text)
    }
    guard take("}") else { throw Fault("the format lacks '}'") }
    return field
  }

  private mutating func number() throws -> Int? {
    let digits = text { ("0"..."9").contains($0) }
    guard !digits.isEmpty else { return nil }
    return try checked(Int(digits))
  }

  private func checked(_ width: Int?) throws -> Int {
    guard let width, width <= Formatting.widest else {
      throw Fault("the format is wider than \(Formatting.widest)")
    }
    return width
  }

  /// - Parameter taken: gives the next value, which `*` stands for.
  mutating func percentSpecification(
    _ taken: () throws -> Int
  ) throws -> Formatting.Specification {
    var result = Formatting.Specification()
    while let flag = peek, ["-", "+", " ", "0", "#"].contains(flag) {
      switch flag {
      case "-": result.alignment = "<"
      case "0": result.padsZeros = true
      case "#": result.isAlternate = true
      default: if result.sign != "+" { result.sign = flag }
      }
      position += 1
    }
    if take("*") {
      let width = try taken()
      if width < 0 { result.alignment = "<" }
      result.width = try checked(Int(exactly: width.magnitude))
    } else {
      result.width = try number() ?? 0
    }
    if take(".") {
      result.precision = try take("*") ? max(0, checked(taken())) : number() ?? 0
    }
    if let size = peek, ["h", "l", "L"].contains(size) { position += 1 }
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
    if take("0") {
      result.padsZeros = true
      if result.alignment != nil, result.fill == " " { result.fill = "0" }
    }
    result.width = try number() ?? 0
    if let separator = peek, separator == "," || separator == "_" { result.grouping = next() }
    if take(".") {
      guard let precision = try number() else { throw Fault("the format lacks a precision") }
      result.precision = precision
    }
    result.type = next()
    guard peek == nil else { throw Fault("the format has an unknown specification") }
    return result
  }
}

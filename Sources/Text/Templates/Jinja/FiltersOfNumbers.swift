extension Filters {
  /// The number that a value or the text of one stands for.
  static func number(_ value: Value) -> Double? {
    value.number ?? value.text.flatMap(PythonText.number)
  }

  static let integer: Filter = { value, arguments, _ in
    let values = try arguments.bound("default", "base", to: "int")
    try value.requireDefined()
    let otherwise = values[0] ?? .integer(0)
    if let whole = value.whole { return .integer(whole) }
    if case .wide = value { return value }
    if let text = value.text, let found = try whole(text, base: values[1]?.whole ?? 10) {
      return found
    }
    guard let number = number(value), !number.isNaN else { return otherwise }
    guard number.isFinite else {
      if value.text != nil { return otherwise }
      throw Fault("infinity is no whole number")
    }
    return Arithmetic.wide(Formatting.c("%.*f", 0, number.rounded(.towardZero)))
  }

  /// Python's `int()` of a text; nil for what it refuses.
  private static func whole(_ text: String, base: Int) throws -> Value? {
    guard base == 0 || (2...36).contains(base), var digits = PythonText.digits(text)?.lowercased()
    else { return nil }
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
    var radix = base
    for (prefix, its) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where digits.hasPrefix(prefix) && (base == its || base == 0) {
      digits.removeFirst(2)
      radix = its
    }
    if radix == 0 {
      // As in source code, what begins with zero is zero.
      guard !digits.hasPrefix("0") || digits.allSatisfy({ $0 == "0" }) else { return nil }
      radix = 10
    }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.hexOrLater ?? 36) < radix }) else {
      return nil
    }
    if let whole = Int((isNegative ? "-" : "") + digits, radix: radix) { return .integer(whole) }
    let plain = digits.drop { $0 == "0" }
    guard radix == 10, plain.utf8.count <= 4300 else { throw Fault("the number is too large") }
    return .wide((isNegative ? "-" : "") + plain)
  }

  static let round: Filter = { value, arguments, _ in
    let values = try arguments.bound("precision", "method", to: "round")
    try value.requireDefined()
    guard let number = value.number else { throw Fault("round needs a number") }
    let precision = values[0]?.whole ?? 0
    guard (-300...300).contains(precision) else { throw Fault("the precision is too large") }
    var scale = 1.0
    for _ in 0..<precision.magnitude { scale *= 10 }
    switch values[1]?.text ?? "common" {
    case "ceil":
      return .float(scaled(number, scale, precision < 0) { $0.rounded(.up) })
    case "floor":
      return .float(scaled(number, scale, precision < 0) { $0.rounded(.down) })
    case "common":
      if case .wide = value, precision >= 0 { return value }
      if let whole = value.whole {
        return .integer(precision >= 0 ? whole : try rounded(whole, to: -precision))
      }
      if precision < 0 { return .float((number / scale).rounded(.toNearestOrEven) * scale) }
      return .float(Double(Formatting.c("%.*f", precision, number)) ?? number)
    default: throw Fault("round knows the methods common, ceil and floor")
    }
  }

  private static func scaled(
    _ number: Double, _ scale: Double, _ isInverse: Bool, _ change: (Double) -> Double
  ) -> Double {
    let factor = isInverse ? 1 / scale : scale
    return change(number * factor) / factor
  }

  /// A whole number to tens, hundreds and so on; halves go to the even side.
  private static func rounded(_ whole: Int, to places: Int) throws -> Int {
    guard places < 19 else { return 0 }
    let unit = (0..<places).reduce(1) { unit, _ in unit * 10 }
    let (quotient, rest) = whole.quotientAndRemainder(dividingBy: unit)
    let distance = rest.magnitude
    let opposite = unit.magnitude - distance
    let isUp = distance > opposite || (distance == opposite && !quotient.isMultiple(of: 2))
    let (result, overflow) = (whole - rest).addingReportingOverflow(
      isUp ? (whole < 0 ? -unit : unit) : 0)
    if overflow { throw Fault("the number is too large") }
    return result
  }

  /// A number of bytes for people.
  static let fileSize: Filter = { value, arguments, _ in
    let isBinary = try arguments.bound("binary", to: "filesizeformat")[0]?.isTrue ?? false
    try value.requireDefined()
    guard let bytes = number(value), !bytes.isNaN else {
      throw Fault("filesizeformat needs a number")
    }
    let base = isBinary ? 1024.0 : 1000
    if bytes == 1 { return .string("1 Byte") }
    if bytes < base {
      guard bytes.isFinite else { throw Fault("filesizeformat needs a finite number") }
      return .string(Formatting.c("%.*f", 0, bytes.rounded(.towardZero)) + " Bytes")
    }
    var unit = base * base
    let prefixes = Array("kMGTPEZY")
    for (index, prefix) in prefixes.enumerated() {
      if bytes < unit || index == prefixes.count - 1 {
        let name = isBinary ? "\(prefix.uppercased())iB" : "\(prefix)B"
        return .string(Formatting.c("%.*f", 1, base * bytes / unit) + " " + name)
      }
      unit *= base
    }
    return .none
  }
}

extension Character {
  /// The value of a digit in a base of up to 36.
  fileprivate var hexOrLater: Int? { Int(String(self), radix: 36) }
}

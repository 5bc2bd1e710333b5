#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Python's operators on numbers, text and lists.
enum Arithmetic {
  static func apply(_ operation: UnaryOperator, to value: Value) throws -> Value {
    try value.requireDefined()
    if case .wide(let digits) = value {
      guard operation == .minus else { return value }
      return wide(digits.hasPrefix("-") ? String(digits.dropFirst()) : "-" + digits)
    }
    let sign = operation == .minus ? -1 : 1
    if let whole = value.whole {
      let (result, overflow) = whole.multipliedReportingOverflow(by: sign)
      if overflow { throw Fault("the number is too large") }
      return .integer(result)
    }
    guard let number = value.number else {
      throw Fault("a value of type \(value.typeName) has no sign")
    }
    return .float(number * Double(sign))
  }

  /// The value of a whole number's digits.
  static func wide(_ digits: String) -> Value { Int(digits).map(Value.integer) ?? .wide(digits) }

  static func apply(
    _ operation: BinaryOperator, _ a: Value, _ b: Value, within work: Work
  ) throws -> Value {
    if operation == .remainder, let format = a.text {
      let text = try Formatting.percent(format, b, escaping: a.isMarkup, within: work)
      return a.isMarkup ? .markup(text) : .string(text)
    }
    for side in [a, b] { try side.requireDefined() }
    if let x = a.whole, let y = b.whole { return try whole(operation, x, y) }
    for case .wide in [a, b] where a.number != nil && b.number != nil {
      throw Fault("the number is too large to calculate with")
    }
    if let x = a.number, let y = b.number { return .float(try float(operation, x, y)) }
    switch operation {
    case .add: if let sum = try added(a, b, within: work) { return sum }
    case .multiply: if let product = try repeated(a, b, within: work) { return product }
    default: break
    }
    throw Fault("'\(operation.rawValue)' is not defined for \(a.typeName) and \(b.typeName)")
  }

  private static func whole(_ operation: BinaryOperator, _ a: Int, _ b: Int) throws -> Value {
    let (result, overflow): (Int, Bool)
    switch operation {
    case .add: (result, overflow) = a.addingReportingOverflow(b)
    case .subtract: (result, overflow) = a.subtractingReportingOverflow(b)
    case .multiply: (result, overflow) = a.multipliedReportingOverflow(by: b)
    case .divide: return .float(try float(.divide, Double(a), Double(b)))
    case .floorDivide, .remainder:
      guard b != 0 else { throw Fault("division by zero") }
      // The one quotient that does not fit.
      if b == -1 {
        let (negated, overflow) = 0.subtractingReportingOverflow(a)
        if overflow { throw Fault("the number is too large") }
        return .integer(operation == .remainder ? 0 : negated)
      }
      let remainder = a % b
      let isAdjusted = remainder != 0 && (remainder < 0) != (b < 0)
      return .integer(
        operation == .remainder
          ? (isAdjusted ? remainder + b : remainder) : (isAdjusted ? a / b - 1 : a / b))
    case .power:
      if b < 0 { return .float(try float(.power, Double(a), Double(b))) }
      (result, overflow) = try power(a, b)
    }
    if overflow { throw Fault("the number is too large") }
    return .integer(result)
  }

  private static func power(_ base: Int, _ exponent: Int) throws -> (Int, Bool) {
    if base == 0 || base == 1 { return (exponent == 0 ? 1 : base, false) }
    if base == -1 { return (exponent.isMultiple(of: 2) ? 1 : -1, false) }
    var result = 1
    for _ in 0..<min(exponent, 64) {
      let (product, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return (0, true) }
      result = product
    }
    return (result, exponent > 64)
  }

  private static func float(_ operation: BinaryOperator, _ a: Double, _ b: Double) throws -> Double
  {
    switch operation {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .power: return pow(a, b)
    case .divide, .floorDivide, .remainder:
      guard b != 0 else { throw Fault("division by zero") }
      if operation == .divide { return a / b }
      let remainder = a.truncatingRemainder(dividingBy: b)
      let isAdjusted = remainder != 0 && (remainder < 0) != (b < 0)
      if operation == .remainder {
        if remainder == 0 { return Double(signOf: b, magnitudeOf: 0) }
        return isAdjusted ? remainder + b : remainder
      }
      // As Python: the whole quotient of what the remainder leaves, not that of the division.
      let quotient = (a - remainder) / b - (isAdjusted ? 1 : 0)
      guard quotient != 0 else { return Double(signOf: a / b, magnitudeOf: 0) }
      let whole = quotient.rounded(.down)
      return quotient - whole > 0.5 ? whole + 1 : whole
    }
  }

  /// Text or lists put together; text beside marked text is escaped.
  private static func added(_ a: Value, _ b: Value, within work: Work) throws -> Value? {
    if let x = a.text, let y = b.text {
      try work.makeText(x.utf8.count + y.utf8.count)
      if a.isMarkup != b.isMarkup { try work.scan(a.isMarkup ? y : x) }
    }
    switch (a, b) {
    case (.string(let x), .string(let y)): return .string(x + y)
    case (.markup(let x), .markup(let y)): return .markup(x + y)
    case (.markup(let x), .string(let y)): return .markup(x + PythonText.escapedHTML(y))
    case (.string(let x), .markup(let y)): return .markup(PythonText.escapedHTML(x) + y)
    case (.list(let x), .list(let y)) where x.kind == y.kind && x.kind != .range && x.isIndexed:
      try work.makeList(x.items.count + y.items.count)
      return .list(List(x.items + y.items, x.kind))
    default: return nil
    }
  }

  private static func repeated(_ a: Value, _ b: Value, within work: Work) throws -> Value? {
    let limits = work.limits
    guard let count = a.whole ?? b.whole else { return nil }
    let base = a.whole == nil ? a : b
    func checked(_ size: Int, _ most: Int) throws -> Int {
      guard count > 0 else { return 0 }
      guard size == 0 || count <= most / size else { throw Fault("the product is too large") }
      return size == 0 ? 0 : count
    }
    switch base {
    case .string(let text):
      let times = try checked(text.utf8.count, limits.textBytes)
      try work.makeText(times * text.utf8.count)
      return .string(PythonText.repeated(text, times))
    case .markup(let text):
      let times = try checked(text.utf8.count, limits.textBytes)
      try work.makeText(times * text.utf8.count)
      return .markup(PythonText.repeated(text, times))
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      let times = try checked(list.items.count, limits.elements)
      try work.makeList(times * list.items.count)
      return .list(List(Array(repeatElement(list.items, count: times).joined()), list.kind))
    default: return nil
    }
  }
}

extension Value {
  var isMarkup: Bool { if case .markup = self { true } else { false } }
}

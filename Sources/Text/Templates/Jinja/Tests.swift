/// The tests that follow `is`.
enum Tests {
  typealias Test = @Sendable (Value, CallArguments, Renderer) throws -> Bool

  static let table: [String: Test] = [
    "!=": compare(.unequal),
    "<": compare(.less),
    "<=": compare(.lessOrEqual),
    "==": compare(.equal),
    ">": compare(.greater),
    ">=": compare(.greaterOrEqual),
    "boolean": { value, _, _ in if case .bool = value { true } else { false } },
    "callable": { value, _, _ in
      switch value {
      case .function, .macro, .method, .loop, .undefined, .joiner: true
      default: false
      }
    },
    "defined": { value, _, _ in !value.isUndefined },
    "divisibleby": { value, arguments, renderer in
      try remainder(value, try operand(arguments, "divisibleby"), renderer) == .integer(0)
    },
    "eq": compare(.equal),
    "equalto": compare(.equal),
    "escaped": { value, _, _ in value.isMarkup },
    "even": { value, _, renderer in
      try remainder(value, .integer(2), renderer) == .integer(0)
    },
    "false": { value, _, _ in if case .bool(false) = value { true } else { false } },
    "filter": { value, _, renderer in
      renderer.program.dialect.filter(try value.printed(renderer.work)) != nil
    },
    "float": { value, _, _ in if case .float = value { true } else { false } },
    "ge": compare(.greaterOrEqual),
    "greaterthan": compare(.greater),
    "gt": compare(.greater),
    "in": compare(.contained),
    "integer": { value, _, _ in
      switch value {
      case .integer, .wide: true
      default: false
      }
    },
    "iterable": { value, _, _ in isIterable(value) },
    "le": compare(.lessOrEqual),
    "lessthan": compare(.less),
    "lower": { value, _, renderer in
      isCased(try scanned(value, renderer), \.isUppercase)
    },
    "lt": compare(.less),
    "mapping": { value, _, _ in if case .dictionary = value { true } else { false } },
    "ne": compare(.unequal),
    "none": { value, _, _ in value.isNone },
    "number": { value, _, _ in value.number != nil },
    "odd": { value, _, renderer in
      try remainder(value, .integer(2), renderer) == .integer(1)
    },
    "sameas": { value, arguments, renderer in
      let other = try operand(arguments, "sameas")
      return try value.typeName == other.typeName && value.equals(other, within: renderer.work)
    },
    "sequence": { value, _, _ in
      switch value {
      case .string, .markup, .dictionary, .undefined: true
      case .list(let list): list.isIndexed
      default: false
      }
    },
    "string": { value, _, _ in value.text != nil },
    "test": { value, _, renderer in Tests.table[try value.printed(renderer.work)] != nil },
    "true": { value, _, _ in if case .bool(true) = value { true } else { false } },
    "undefined": { value, _, _ in value.isUndefined },
    "upper": { value, _, renderer in
      isCased(try scanned(value, renderer), \.isLowercase)
    },
  ]

  private static func operand(_ arguments: CallArguments, _ test: String) throws -> Value {
    try arguments.bound("other", required: 1, to: "the test '\(test)'")[0] ?? .none
  }

  private static func compare(_ comparison: Comparison) -> Test {
    { value, arguments, renderer in
      try renderer.holds(comparison, value, try operand(arguments, comparison.rawValue))
    }
  }

  private static func remainder(
    _ value: Value, _ divisor: Value, _ renderer: Renderer
  ) throws -> Value {
    try Arithmetic.apply(.remainder, value, divisor, within: renderer.work)
  }

  private static func scanned(_ value: Value, _ renderer: Renderer) throws -> String {
    let text = try value.printed(renderer.work)
    try renderer.work.scan(text)
    return text
  }

  private static func isIterable(_ value: Value) -> Bool {
    switch value {
    case .string, .markup, .dictionary, .list, .generator, .undefined, .loop: true
    default: false
    }
  }

  /// Whether the text has letters with case, and none for which `isOther` holds.
  static func isCased(_ text: String, _ isOther: KeyPath<Unicode.Scalar.Properties, Bool>) -> Bool {
    let cased = text.unicodeScalars.filter {
      $0.properties.isUppercase || $0.properties.isLowercase
        || $0.properties.generalCategory == .titlecaseLetter
    }
    return !cased.isEmpty && !cased.contains { $0.properties[keyPath: isOther] }
  }
}

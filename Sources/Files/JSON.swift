public import OrderedCollections

/// A JSON value that keeps what matters to text and data: the order of keys, the difference between
/// `1` and `1.0`, and every digit of an integer.
public enum JSON: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction and exponent that fits 64 bits.
  case integer(Int)
  /// The digits of a number written without fraction and exponent that does not fit 64 bits.
  case wide(String)
  /// Any other number.
  case number(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([JSON])
  /// An object; keys keep their order.
  case object(OrderedDictionary<String, JSON>)
}

extension JSON {
  /// The member `key` of an object; nil for other values and absent keys.
  public subscript(key: String) -> JSON? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The element at `index` of an array; nil for other values and places outside.
  public subscript(index: Int) -> JSON? {
    if case .array(let elements) = self, elements.indices.contains(index) {
      elements[index]
    } else {
      nil
    }
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }
  /// The value, when it is not `null`.
  ///
  /// `x.isNull ? nil : x` would be `null` again: JSON has a `nil` of its own.
  public var unlessNull: JSON? {
    if case .null = self { Optional.none } else { self }
  }
  /// The boolean, when this is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The string, when this is one.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The elements, when this is an array.
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  /// The members, when this is an object.
  public var object: OrderedDictionary<String, JSON>? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The integer, when this is a whole number that fits.
  public var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number, when this is one.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .wide(let digits): Double(digits)
    default: nil
    }
  }

  /// What kind of value this is, in the words of an error message.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .wide, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An integer.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// An object; a repeated key keeps its last value.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(OrderedDictionary(elements, uniquingKeysWith: { $1 }))
  }
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
}

extension JSON {
  /// An object with `members` in their order; a repeated key keeps its last value.
  public init(members: [(String, JSON)]) {
    self = .object(OrderedDictionary(members, uniquingKeysWith: { $1 }))
  }

  /// The members of an object in their order; none of any other value.
  public var members: [(key: String, value: JSON)] {
    object.map { $0.map { (key: $0.key, value: $0.value) } } ?? []
  }

  /// An object with `value` under `key`, or without the key when it is nil; other values as they are.
  public func setting(_ key: String, to value: JSON?) -> JSON {
    guard case .object(var members) = self else { return self }
    members[key] = value
    return .object(members)
  }
}

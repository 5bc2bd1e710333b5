internal import AnnealFiles
internal import OrderedCollections

/// A value of the template language, which is Python's data model without mutation.
enum Value {
  /// A name, attribute or element that is not there; the text says which.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case string(String)
  /// Text that the `safe` filter marked: what is added to it is escaped, as in Python.
  case markup(String)
  case list(List)
  case dictionary(Table)
  case generator(Generator)
  case namespace(Namespace)
  case function(GlobalFunction)
  case macro(MacroValue)
  case method(Method)
  case loop(LoopState)

  static func list(_ items: [Value]) -> Value { .list(List(items)) }
  static func tuple(_ items: [Value]) -> Value { .list(List(items, .tuple)) }
}

/// An ordered sequence: a list, a tuple, or one of the views that Python gives for them.
struct List {
  enum Kind { case list, tuple, range, keys, values, items }
  let items: [Value]
  let kind: Kind
  /// How deep values are nested in it, at least 1.
  let depth: Int

  init(_ items: [Value], _ kind: Kind = .list) {
    self.items = items
    self.kind = kind
    var deepest = 0
    for item in items { deepest = max(deepest, item.depth) }
    depth = deepest + 1
  }

  /// Whether the elements can be reached by number.
  var isIndexed: Bool { kind == .list || kind == .tuple || kind == .range }
}

/// A dictionary that keeps the order of its keys.
struct Table {
  let members: OrderedDictionary<Value, Value>
  let depth: Int

  init(_ members: OrderedDictionary<Value, Value>) {
    self.members = members
    var deepest = 0
    for value in members.values { deepest = max(deepest, value.depth) }
    depth = deepest + 1
  }
}

/// A sequence that can be gone through once, as filters such as `map` give it.
final class Generator {
  private let items: [Value]
  private var position = 0

  init(_ items: [Value]) { self.items = items }

  func next() -> Value? {
    guard position < items.count else { return nil }
    defer { position += 1 }
    return items[position]
  }

  func rest() -> [Value] {
    defer { position = items.count }
    return Array(items[position...])
  }

  var depth: Int { items.reduce(0) { max($0, $1.depth) } + 1 }
}

/// The one mutable object that a template can make.
final class Namespace {
  var attributes: OrderedDictionary<String, Value> = [:]
  private(set) var depth = 1

  func set(_ name: String, _ value: Value) {
    attributes[name] = value
    depth = max(depth, value.depth + 1)
  }
}

/// A method together with the value it was taken from.
struct Method {
  indirect enum Receiver { case value(Value) }
  let receiver: Receiver
  let name: String

  init(of value: Value, name: String) {
    receiver = .value(value)
    self.name = name
  }

  var value: Value {
    switch receiver {
    case .value(let value): value
    }
  }
}

/// The functions that are there without being defined.
enum GlobalFunction: String {
  case range, dict, namespace
  case raiseException = "raise_exception"
  case timeNow = "strftime_now"
}

extension Value {
  init(_ json: JSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .float(value)
    case .string(let value): self = .string(value)
    case .array(let elements): self = .list(elements.map(Value.init))
    case .object(let members):
      var table = OrderedDictionary<Value, Value>(minimumCapacity: members.count)
      for (key, value) in members { table[.string(key)] = Value(value) }
      self = .dictionary(Table(table))
    }
  }

  /// The text of a string, marked safe or not.
  var text: String? {
    switch self {
    case .string(let text), .markup(let text): text
    default: nil
    }
  }

  /// The whole number of an integer or, as in Python, of a boolean.
  var whole: Int? {
    switch self {
    case .integer(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  /// The number of an integer, boolean or float.
  var number: Double? {
    if case .float(let value) = self { value } else { whole.map(Double.init) }
  }

  var isUndefined: Bool { if case .undefined = self { true } else { false } }
  var isNone: Bool { if case .none = self { true } else { false } }

  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .dictionary(let table): table.depth
    case .generator(let generator): generator.depth
    case .namespace(let namespace): namespace.depth
    case .method(let method): method.value.depth + 1
    default: 0
    }
  }

  /// The name of the value's type in Python, which messages use.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .integer: "int"
    case .float: "float"
    case .string: "str"
    case .markup: "Markup"
    case .list(let list): list.typeName
    case .dictionary: "dict"
    case .generator: "generator"
    case .namespace: "Namespace"
    case .function: "function"
    case .macro: "Macro"
    case .method: "method"
    case .loop: "LoopContext"
    }
  }
}

extension List {
  var typeName: String {
    switch kind {
    case .list: "list"
    case .tuple: "tuple"
    case .range: "range"
    case .keys: "dict_keys"
    case .values: "dict_values"
    case .items: "dict_items"
    }
  }
}

internal import AnnealFiles
internal import OrderedCollections

/// A value of the template language, which is Python's data model without mutation.
enum Value {
  /// A name, attribute or element that is not there; the text says which.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  /// The digits of a whole number beyond 64 bits, which can be written and compared only.
  case wide(String)
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
  case joiner(Joiner)
  case cycler(Cycler)

  static func list(_ items: [Value]) -> Value { .list(List(items)) }
  static func tuple(_ items: [Value]) -> Value { .list(List(items, .tuple)) }
}

/// An ordered sequence: a list, a tuple, or one of the views that Python gives for them.
final class List {
  enum Kind { case list, tuple, range, keys, values, items }
  let items: [Value]
  let kind: Kind
  /// How deep values are nested in it, at least 1.
  let depth: Int
  /// What going through everything in it costs, however often parts of it are shared.
  let weight: Int
  /// How a range was asked for.
  let bounds: Bounds?
  /// Whether it is a pair of `groupby`, whose parts have names.
  let isGroup: Bool

  /// Where a range begins, where it ends at the latest, and its step.
  struct Bounds { let start, stop, step: Int }

  init(
    _ items: [Value], _ kind: Kind = .list, bounds: Bounds? = nil, isGroup: Bool = false
  ) {
    self.items = items
    self.kind = kind
    self.bounds = bounds
    self.isGroup = isGroup
    (depth, weight) = Value.extent(of: items)
  }

  /// Whether the elements can be reached by number.
  var isIndexed: Bool { kind == .list || kind == .tuple || kind == .range }
}

/// A dictionary that keeps the order of its keys.
final class Table {
  let members: OrderedDictionary<Value, Value>
  let depth: Int
  let weight: Int

  init(_ members: OrderedDictionary<Value, Value>) {
    self.members = members
    let (keys, values) = (Value.extent(of: members.keys), Value.extent(of: members.values))
    depth = max(keys.depth, values.depth)
    weight = min(Value.heaviest, keys.weight + values.weight)
  }
}

/// A sequence that can be gone through once, as filters such as `map` give it.
final class Generator {
  private var items: [Value]
  private var position = 0
  let depth: Int

  init(_ items: [Value]) {
    self.items = items
    depth = Value.extent(of: items).depth
  }

  func next() -> Value? {
    guard position < items.count else { return nil }
    defer { position += 1 }
    return items[position]
  }

  func rest() -> [Value] {
    defer {
      items = []
      position = 0
    }
    return Array(items[position...])
  }
}

/// Gives nothing the first time it is called, and its separator from then on.
final class Joiner {
  let separator: Value
  private var isUsed = false

  init(_ separator: Value) { self.separator = separator }

  func next() -> Value {
    defer { isUsed = true }
    return isUsed ? separator : .string("")
  }
}

/// Gives its values in turn, again and again.
final class Cycler {
  let items: List
  var position = 0

  init(_ items: List) { self.items = items }

  var current: Value { items.items[position] }

  func next() -> Value {
    defer { position = (position + 1) % items.items.count }
    return current
  }
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
  case range, dict, namespace, joiner, cycler, lipsum
  case raiseException = "raise_exception"
  case timeNow = "strftime_now"
}

extension Value {
  init(_ json: JSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .wide(let digits): self = .wide(digits)
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
    switch self {
    case .float(let value): value
    case .wide(let digits): Double(digits)
    default: whole.map(Double.init)
    }
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
    case .loop(let state): state.valueDepth
    case .joiner(let joiner): joiner.separator.depth + 1
    case .cycler(let cycler): cycler.items.depth + 1
    default: 0
    }
  }

  /// What comparing or hashing the value costs at most.
  var weight: Int {
    switch self {
    case .string(let text), .markup(let text), .wide(let text): text.utf8.count + 1
    case .list(let list): list.weight
    case .dictionary(let table): table.weight
    case .method(let method): min(Self.heaviest, method.value.weight + 1)
    default: 1
    }
  }

  /// No weight is larger, so that sums of a million do not overflow.
  static let heaviest = 1 << 40

  fileprivate static func extent(of items: some Collection<Value>) -> (depth: Int, weight: Int) {
    var (deepest, sum) = (0, 1)
    for item in items {
      deepest = max(deepest, item.depth)
      sum = min(heaviest, sum + item.weight)
    }
    return (deepest + 1, sum)
  }

  /// The name of the value's type in Python, which messages use.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .integer, .wide: "int"
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
    case .joiner: "Joiner"
    case .cycler: "Cycler"
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

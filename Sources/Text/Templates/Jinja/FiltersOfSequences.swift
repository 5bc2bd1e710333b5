internal import OrderedCollections

extension Filters {
  /// What `attribute`, such as `function.name` or `0`, gives for each item.
  private static func getter(
    _ attribute: Value, _ renderer: Renderer, otherwise: Value? = nil
  ) -> (Value) throws -> Value {
    let parts: [Value] =
      attribute.text.map { text in
        PythonText.split(text, by: ".").map { part in
          part.utf8.allSatisfy { (48...57).contains($0) }
            ? Int(part).map(Value.integer) ?? .string(part) : .string(part)
        }
      } ?? [attribute]
    return { item in
      var value = item
      for part in parts {
        value = try renderer.item(part, of: value)
        if value.isUndefined, let otherwise { value = otherwise }
      }
      return value
    }
  }

  private static func key(
    _ attribute: Value?, _ caseSensitive: Value?, _ renderer: Renderer, otherwise: Value? = nil
  ) -> (Value) throws -> Value {
    let get =
      attribute.flatMap { $0.isNone ? nil : getter($0, renderer, otherwise: otherwise) } ?? { $0 }
    if caseSensitive?.isTrue == true { return get }
    return { item in folded(try get(item)) }
  }

  private static func folded(_ value: Value) -> Value {
    value.text.map { .string($0.lowercased()) } ?? value
  }

  static let map: Filter = { value, arguments, renderer in
    // As in Jinja, what is false, such as none, has no items here.
    let items = value.isTrue ? try value.elements() : []
    var change: (Value) throws -> Value
    if arguments.positional.isEmpty, let attribute = arguments.keyword("attribute") {
      for (name, _) in arguments.keywords where name != "attribute" && name != "default" {
        throw Fault("map has no argument '\(name)'")
      }
      change = getter(attribute, renderer, otherwise: arguments.keyword("default"))
    } else {
      guard let name = arguments.positional.first?.text else {
        throw Fault("map needs a filter or an attribute")
      }
      var rest = arguments
      rest.positional.removeFirst()
      change = { try renderer.filter(name, $0, rest) }
    }
    return .generator(Generator(try items.map(change)))
  }

  static func select(
    _ function: String, _ value: Value, _ arguments: CallArguments, _ renderer: Renderer,
    keeping: Bool, byAttribute: Bool
  ) throws -> Value {
    let items = value.isTrue ? try value.elements() : []
    var rest = arguments
    var get: (Value) throws -> Value = { $0 }
    if byAttribute {
      guard !rest.positional.isEmpty else { throw Fault("\(function) needs an attribute") }
      get = getter(rest.positional.removeFirst(), renderer)
    }
    var passes: (Value) throws -> Bool = { $0.isTrue }
    if !rest.positional.isEmpty {
      guard let name = rest.positional.removeFirst().text else {
        throw Fault("\(function) needs the name of a test")
      }
      passes = { [rest] in try renderer.test(name, $0, rest) }
    }
    return .generator(Generator(try items.filter { try passes(try get($0)) == keeping }))
  }

  static let join: Filter = { value, arguments, renderer in
    let values = try arguments.bound("d", "attribute", to: "join")
    let separator = values[0]?.printed ?? ""
    var items = try value.elements()
    if let attribute = values[1], !attribute.isNone {
      items = try items.map(getter(attribute, renderer))
    }
    guard items.count * separator.utf8.count <= renderer.limits.textBytes else {
      throw Fault("the joined text is too long")
    }
    return .string(items.map(\.printed).joined(separator: separator))
  }

  static let sort: Filter = { value, arguments, renderer in
    let values = try arguments.bound("reverse", "case_sensitive", "attribute", to: "sort")
    let attributes = values[2]?.text.map { PythonText.split($0, by: ",").map(Value.string) }
    let keys = (attributes ?? [values[2] ?? .none]).map { key($0, values[1], renderer) }
    return .list(
      try sorted(try value.elements(), descending: values[0]?.isTrue ?? false) { item in
        keys.count == 1 ? try keys[0](item) : .tuple(try keys.map { try $0(item) })
      })
  }

  static let dictionarySort: Filter = { value, arguments, renderer in
    let values = try arguments.bound("case_sensitive", "by", "reverse", to: "dictsort")
    guard case .dictionary(let table) = value else { throw Fault("dictsort needs a dict") }
    let by = values[1]?.printed ?? "key"
    guard by == "key" || by == "value" else { throw Fault("dictsort sorts by key or value") }
    let place = Value.integer(by == "key" ? 0 : 1)
    let key = key(place, values[0], renderer)
    return .list(
      try sorted(table.pairs, descending: values[2]?.isTrue ?? false, by: key))
  }

  static let unique: Filter = { value, arguments, renderer in
    let values = try arguments.bound("case_sensitive", "attribute", to: "unique")
    let key = key(values[1], values[0], renderer)
    var seen: Set<Value> = []
    return .generator(
      Generator(
        try value.elements().filter { item in
          let found = try key(item)
          try found.requireHashable()
          return seen.insert(found).inserted
        }))
  }

  static let group: Filter = { value, arguments, renderer in
    let values = try arguments.bound(
      "attribute", "default", "case_sensitive", required: 1, to: "groupby")
    let exact = key(values[0], .bool(true), renderer, otherwise: values[1])
    let key = key(values[0], values[2], renderer, otherwise: values[1])
    var groups: [(key: Value, shown: Value, items: [Value])] = []
    for item in try sorted(try value.elements(), by: key) {
      let found = try key(item)
      if let last = groups.last, last.key == found {
        groups[groups.count - 1].items.append(item)
      } else {
        groups.append((found, try exact(item), [item]))
      }
    }
    return .list(groups.map { .tuple([$0.shown, .list($0.items)]) })
  }

  static let sum: Filter = { value, arguments, renderer in
    let values = try arguments.bound("attribute", "start", to: "sum")
    var items = try value.elements()
    if let attribute = values[0], !attribute.isNone {
      items = try items.map(getter(attribute, renderer))
    }
    return try items.reduce(values[1] ?? .integer(0)) {
      try renderer.bounded(try Arithmetic.apply(.add, $0, $1, within: renderer.limits))
    }
  }

  static func extreme(
    _ function: String, _ value: Value, _ arguments: CallArguments, _ renderer: Renderer,
    isBetter: (Value, Value) throws -> Bool
  ) throws -> Value {
    let values = try arguments.bound("case_sensitive", "attribute", to: function)
    let key = key(values[1], values[0], renderer)
    var best: (key: Value, item: Value)?
    for item in try value.elements() {
      let found = try key(item)
      if let current = best, try !isBetter(found, current.key) { continue }
      best = (found, item)
    }
    return best?.item ?? .undefined("there is no item, as the sequence is empty")
  }

  static let batch: Filter = { value, arguments, _ in
    let values = try arguments.bound("linecount", "fill_with", required: 1, to: "batch")
    guard let size = values[0]?.whole, (1...100_000).contains(size) else {
      throw Fault("batch needs a size of at least 1")
    }
    var rows: [[Value]] = []
    for item in try value.elements() {
      if let last = rows.last, last.count < size {
        rows[rows.count - 1].append(item)
      } else {
        rows.append([item])
      }
    }
    if let fill = values[1], !fill.isNone, let last = rows.last {
      rows[rows.count - 1] += Array(repeating: fill, count: size - last.count)
    }
    return .generator(Generator(rows.map(Value.list)))
  }

  static let slice: Filter = { value, arguments, _ in
    let values = try arguments.bound("slices", "fill_with", required: 1, to: "slice")
    guard let count = values[0]?.whole, (1...100_000).contains(count) else {
      throw Fault("slice needs a number of at least 1")
    }
    let items = try value.elements()
    let (short, longer) = items.count.quotientAndRemainder(dividingBy: count)
    var position = 0
    let columns = (0..<count).map { column in
      let size = short + (column < longer ? 1 : 0)
      var part = Array(items[position..<position + size])
      position += size
      if let fill = values[1], !fill.isNone, column >= longer, longer > 0 { part.append(fill) }
      return Value.list(part)
    }
    return .generator(Generator(columns))
  }
}

internal import OrderedCollections

extension Filters {
  /// What `attribute`, such as `function.name` or `0`, gives for each item.
  private static func getter(
    _ attribute: Value, _ renderer: Renderer, otherwise: Value? = nil
  ) -> (Value) throws -> Value {
    let parts: [Value] =
      attribute.text.map { text in
        PythonText.split(text, by: ".").map { part in
          !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
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
    return { item in
      let value = try get(item)
      if let text = value.text { try renderer.work.scan(text) }
      return folded(value)
    }
  }

  private static func folded(_ value: Value) -> Value {
    value.text.map { .string(PythonText.lowered($0)) } ?? value
  }

  static let map: Filter = { value, arguments, renderer in
    // As in Jinja, what is false, such as none, has no items here.
    let items = value.isTrue ? try value.elements(within: renderer.work) : []
    try renderer.work.makeList(items.count)
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
    let items = value.isTrue ? try value.elements(within: renderer.work) : []
    try renderer.work.makeList(items.count)
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
    let separator = try values[0]?.printed(renderer.work) ?? ""
    var items = try value.elements(within: renderer.work)
    if let attribute = values[1], !attribute.isNone {
      items = try items.map(getter(attribute, renderer))
    }
    var writer = TextWriter(renderer.work)
    for (index, item) in items.enumerated() {
      if index > 0, !separator.isEmpty { try writer.write(separator) }
      try writer.write(try item.printed(renderer.work))
    }
    return .string(writer.text)
  }

  static let sort: Filter = { value, arguments, renderer in
    let values = try arguments.bound("reverse", "case_sensitive", "attribute", to: "sort")
    let attributes = values[2]?.text.map { PythonText.split($0, by: ",").map(Value.string) }
    let keys = (attributes ?? [values[2] ?? .none]).map { key($0, values[1], renderer) }
    return .list(
      try sorted(
        try value.elements(within: renderer.work), descending: values[0]?.isTrue ?? false,
        within: renderer.work
      ) { item in
        keys.count == 1 ? try keys[0](item) : .tuple(try keys.map { try $0(item) })
      })
  }

  static let dictionarySort: Filter = { value, arguments, renderer in
    let values = try arguments.bound("case_sensitive", "by", "reverse", to: "dictsort")
    guard case .dictionary(let table) = value else { throw Fault("dictsort needs a dict") }
    let by = try values[1]?.printed(renderer.work) ?? "key"
    guard by == "key" || by == "value" else { throw Fault("dictsort sorts by key or value") }
    let place = Value.integer(by == "key" ? 0 : 1)
    let key = key(place, values[0], renderer)
    return .list(
      try sorted(
        try table.pairs(within: renderer.work), descending: values[2]?.isTrue ?? false,
        within: renderer.work, by: key))
  }

  static let unique: Filter = { value, arguments, renderer in
    let values = try arguments.bound("case_sensitive", "attribute", to: "unique")
    let key = key(values[1], values[0], renderer)
    var seen: Set<Value> = []
    return .generator(
      Generator(
        try value.elements(within: renderer.work).filter { item in
          let found = try key(item)
          try found.requireHashable(within: renderer.work)
          try renderer.work.charge(Work.element)
          return seen.insert(found).inserted
        }))
  }

  static let group: Filter = { value, arguments, renderer in
    let values = try arguments.bound(
      "attribute", "default", "case_sensitive", required: 1, to: "groupby")
    let exact = key(values[0], .bool(true), renderer, otherwise: values[1])
    let key = key(values[0], values[2], renderer, otherwise: values[1])
    var groups: [(key: Value, shown: Value, items: [Value])] = []
    let work = renderer.work
    for item in try sorted(try value.elements(within: work), within: work, by: key) {
      let found = try key(item)
      try work.charge(2 * Work.element)
      if let last = groups.last, try last.key.equals(found, within: work) {
        groups[groups.count - 1].items.append(item)
      } else {
        groups.append((found, try exact(item), [item]))
      }
    }
    return .list(
      groups.map { .list(List([$0.shown, .list($0.items)], .tuple, isGroup: true)) })
  }

  static let sum: Filter = { value, arguments, renderer in
    let values = try arguments.bound("attribute", "start", to: "sum")
    var items = try value.elements(within: renderer.work)
    if let attribute = values[0], !attribute.isNone {
      items = try items.map(getter(attribute, renderer))
    }
    return try items.reduce(values[1] ?? .integer(0)) {
      try renderer.bounded(try Arithmetic.apply(.add, $0, $1, within: renderer.work))
    }
  }

  static func extreme(
    _ function: String, _ value: Value, _ arguments: CallArguments, _ renderer: Renderer,
    isBetter: (Value, Value) throws -> Bool
  ) throws -> Value {
    let values = try arguments.bound("case_sensitive", "attribute", to: function)
    let key = key(values[1], values[0], renderer)
    var best: (key: Value, item: Value)?
    for item in try value.elements(within: renderer.work) {
      let found = try key(item)
      if let current = best, try !isBetter(found, current.key) { continue }
      best = (found, item)
    }
    return best?.item ?? .undefined("there is no item, as the sequence is empty")
  }

  static let batch: Filter = { value, arguments, renderer in
    let values = try arguments.bound("linecount", "fill_with", required: 1, to: "batch")
    guard let size = values[0]?.whole else { throw Fault("batch needs a whole number") }
    let items = try value.elements(within: renderer.work)
    try renderer.work.makeList(items.count)
    var rows: [[Value]] = []
    var row: [Value] = []
    for item in items {
      if row.count == size {
        rows.append(row)
        row = []
      }
      row.append(item)
    }
    if !row.isEmpty {
      if let fill = values[1], !fill.isNone, row.count < size {
        let missing = size - row.count
        try renderer.work.makeList(missing)
        row += Array(repeating: fill, count: missing)
      }
      rows.append(row)
    }
    return .generator(Generator(rows.map(Value.list)))
  }

  static let slice: Filter = { value, arguments, renderer in
    let values = try arguments.bound("slices", "fill_with", required: 1, to: "slice")
    guard let count = values[0]?.whole, count != 0 else {
      throw Fault("slice needs a whole number other than zero")
    }
    let items = try value.elements(within: renderer.work)
    guard count > 0 else { return .generator(Generator([])) }
    try renderer.work.makeList(items.count)
    try renderer.work.makeList(count)
    let (short, longer) = items.count.quotientAndRemainder(dividingBy: count)
    var position = 0
    let columns = (0..<count).map { column in
      let size = short + (column < longer ? 1 : 0)
      var part = Array(items[position..<position + size])
      position += size
      if let fill = values[1], !fill.isNone, column >= longer { part.append(fill) }
      return Value.list(part)
    }
    return .generator(Generator(columns))
  }
}

internal import OrderedCollections

extension Renderer {
  /// `value.name`: an attribute, else the member of that name.
  func attribute(_ name: String, of value: Value, orMember: Bool = true) throws -> Value {
    switch value {
    case .undefined(let what): throw Fault(what)
    case .namespace(let namespace):
      if let found = namespace.attributes[name] { return found }
    case .loop(let state):
      if let found = state.attribute(name) { return found }
    case .macro(let macro):
      if let found = Self.attribute(name, of: macro) { return found }
    case .cycler(let cycler):
      switch name {
      case "current": return cycler.current
      case "items": return .list(cycler.items)
      case "pos": return .integer(cycler.position)
      default: break
      }
      if Methods.has(value, name) { return .method(Method(of: value, name: name)) }
    case .joiner(let joiner):
      if name == "sep" { return joiner.separator }
    default:
      if let refusal = Methods.refusal(value, name) { return .undefined(refusal) }
      if Methods.has(value, name) { return .method(Method(of: value, name: name)) }
      if case .list(let list) = value, list.isGroup, name == "grouper" || name == "list" {
        return list.items[name == "list" ? 1 : 0]
      }
      if orMember, case .dictionary(let table) = value {
        try work.charge(name.utf8.count)
        if let found = table.members[.string(name)] { return found }
      }
    }
    return Self.missing(.string(name), of: value)
  }

  private static func attribute(_ name: String, of macro: MacroValue) -> Value? {
    switch name {
    case "name": .string(macro.definition.name)
    case "arguments": .tuple(macro.definition.parameters.map { .string($0.name) })
    case "catch_kwargs": .bool(macro.definition.acceptsKeywords)
    case "catch_varargs": .bool(macro.definition.acceptsRest)
    case "caller": .bool(macro.definition.acceptsCaller)
    default: nil
    }
  }

  /// `value[key]`: a member or element, else the attribute of that name.
  func item(_ key: Value, of value: Value) throws -> Value {
    switch value {
    case .undefined(let what): throw Fault(what)
    case .dictionary(let table):
      switch key {
      case .dictionary: break
      case .list(let list) where list.kind != .tuple: break
      default:
        try key.requireHashable(within: work)
        if let found = table.members[key] { return found }
      }
    case .list(let list) where list.isIndexed:
      if let index = key.whole, let found = Self.element(list.items, index) { return found }
    case .string(let text):
      if let found = try scalar(of: text, key) { return .string(found) }
    case .markup(let text):
      if let found = try scalar(of: text, key) { return .markup(found) }
    default: break
    }
    if let name = key.text {
      if case .dictionary = value, !Methods.has(value, name), Methods.refusal(value, name) == nil {
        return Self.missing(key, of: value)
      }
      return try attribute(name, of: value)
    }
    return Self.missing(key, of: value)
  }

  private static func element(_ items: [Value], _ index: Int) -> Value? {
    let place = index < 0 ? index + items.count : index
    return items.indices.contains(place) ? items[place] : nil
  }

  private func scalar(of text: String, _ key: Value) throws -> String? {
    guard let index = key.whole else { return nil }
    try work.charge(text.utf8.count)
    let scalars = text.unicodeScalars
    let place = index < 0 ? index &+ scalars.count : index
    guard place >= 0,
      let found = scalars.index(
        scalars.startIndex, offsetBy: place, limitedBy: scalars.endIndex),
      found < scalars.endIndex
    else { return nil }
    return String(scalars[found])
  }

  private static func missing(_ key: Value, of value: Value) -> Value {
    let what =
      key.text.map { "no attribute '\($0.prefix(200))'" } ?? key.whole.map { "no element \($0)" }
      ?? "no such element"
    return .undefined("a value of type \(value.typeName) has \(what)")
  }
}

extension Value {
  /// Python's slicing.
  func slice(
    _ start: Value?, _ stop: Value?, _ step: Value?, within work: Work
  ) throws -> Value {
    let bounds = try [start, stop, step].map { (bound: Value?) -> Int? in
      guard let bound, !bound.isNone else { return nil }
      try bound.requireDefined()
      guard let whole = bound.whole else { throw Fault("a slice needs whole numbers") }
      return whole
    }
    func places(_ count: Int) throws -> (start: Int, stop: Int, step: Int) {
      try Self.places(count, bounds[0], bounds[1], bounds[2] ?? 1)
    }
    func picked<Element>(_ items: [Element]) throws -> [Element] {
      let places = try places(items.count)
      return stride(from: places.start, to: places.stop, by: places.step).map { items[$0] }
    }
    func text(_ text: String) throws -> String {
      try work.scan(text)
      var view = String.UnicodeScalarView()
      view.append(contentsOf: try picked(Array(text.unicodeScalars)))
      return String(view)
    }
    switch self {
    case .undefined(let what): throw Fault(what)
    case .string(let value): return .string(try text(value))
    case .markup(let value): return .markup(try text(value))
    case .list(let list) where list.isIndexed:
      let places = try places(list.items.count)
      let count = max(0, (places.stop - places.start) / places.step + 1)
      try work.makeList(min(list.items.count, count))
      let range = list.bounds.map { $0.slice(places.start, places.stop, bounds[2] ?? 1) }
      return .list(List(try picked(list.items), list.kind, bounds: range))
    default: return .undefined("a value of type \(typeName) cannot be sliced")
    }
  }

  /// Python's `slice.indices`.
  private static func places(
    _ count: Int, _ start: Int?, _ stop: Int?, _ step: Int
  ) throws -> (start: Int, stop: Int, step: Int) {
    guard step != 0 else { throw Fault("a slice needs a step other than zero") }
    // Beyond these the result is the same, and adding cannot overflow.
    func clamped(_ bound: Int, _ low: Int, _ high: Int) -> Int {
      let bound = max(min(bound, count + 1), -count - 1)
      return max(low, min(high, bound < 0 ? bound + count : bound))
    }
    let step = max(min(step, count + 1), -count - 1)
    if step > 0 {
      return (clamped(start ?? 0, 0, count), clamped(stop ?? count, 0, count), step)
    }
    let last = count - 1
    return (clamped(start ?? last, -1, last), stop.map { clamped($0, -1, last) } ?? -1, step)
  }
}

extension List.Bounds {
  /// The bounds of a slice; numbers beyond 64 bits stay at their end.
  fileprivate func slice(_ from: Int, _ to: Int, _ by: Int) -> List.Bounds {
    func place(_ index: Int) -> Int { start.saturatingAdd(index.saturatingMultiply(step)) }
    return List.Bounds(
      start: place(from), stop: place(to), step: step.saturatingMultiply(by))
  }
}

extension Int {
  /// The sum, or the end of the 64 bits that it is beyond.
  func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The product, or the end of the 64 bits that it is beyond.
  func saturatingMultiply(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) != (other < 0) ? .min : .max) : product
  }
}

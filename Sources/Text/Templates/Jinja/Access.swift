internal import OrderedCollections

extension Renderer {
  /// `value.name`: an attribute, else the member of that name.
  func attribute(_ name: String, of value: Value) throws -> Value {
    switch value {
    case .undefined(let what): throw Fault(what)
    case .namespace(let namespace):
      if let found = namespace.attributes[name] { return found }
    case .loop(let state):
      if let found = state.attribute(name) { return found }
    case .macro(let macro):
      if let found = Self.attribute(name, of: macro) { return found }
    default:
      if Methods.has(value, name) { return .method(Method(of: value, name: name)) }
      if case .dictionary(let table) = value, let found = table.members[.string(name)] {
        return found
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
      case .dictionary, .list: break
      default: if let found = table.members[key] { return found }
      }
    case .list(let list) where list.isIndexed:
      if let index = key.whole, let found = Self.element(list.items, index) { return found }
    case .string(let text):
      if let found = Self.scalar(of: text, key) { return .string(found) }
    case .markup(let text):
      if let found = Self.scalar(of: text, key) { return .markup(found) }
    default: break
    }
    if let name = key.text {
      if case .dictionary = value, !Methods.has(value, name) {
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

  private static func scalar(of text: String, _ key: Value) -> String? {
    guard let index = key.whole else { return nil }
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
    let what = key.text.map { "no attribute '\($0)'" } ?? "no element \(key.represented)"
    return .undefined("a value of type \(value.typeName) has \(what)")
  }
}

extension Value {
  /// Python's slicing.
  func slice(_ start: Value?, _ stop: Value?, _ step: Value?) throws -> Value {
    let bounds = try [start, stop, step].map { (bound: Value?) -> Int? in
      guard let bound, !bound.isNone else { return nil }
      try bound.requireDefined()
      guard let whole = bound.whole else { throw Fault("a slice needs whole numbers") }
      return whole
    }
    func picked<Element>(_ items: [Element]) throws -> [Element] {
      try Self.places(items.count, bounds[0], bounds[1], bounds[2] ?? 1).map { items[$0] }
    }
    func text(_ text: String) throws -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: try picked(Array(text.unicodeScalars)))
      return String(view)
    }
    switch self {
    case .undefined(let what): throw Fault(what)
    case .string(let value): return .string(try text(value))
    case .markup(let value): return .markup(try text(value))
    case .list(let list) where list.isIndexed:
      return .list(List(try picked(list.items), list.kind))
    default: return .undefined("a value of type \(typeName) cannot be sliced")
    }
  }

  private static func places(
    _ count: Int, _ start: Int?, _ stop: Int?, _ step: Int
  ) throws -> StrideTo<Int> {
    guard step != 0 else { throw Fault("a slice needs a step other than zero") }
    // Beyond these the result is the same, and adding cannot overflow.
    func clamped(_ bound: Int, _ low: Int, _ high: Int) -> Int {
      let bound = max(min(bound, count + 1), -count - 1)
      return max(low, min(high, bound < 0 ? bound + count : bound))
    }
    let step = max(min(step, count + 1), -count - 1)
    if step > 0 {
      let from = clamped(start ?? 0, 0, count)
      return stride(from: from, to: max(from, clamped(stop ?? count, 0, count)), by: step)
    }
    let from = clamped(start ?? (count - 1), -1, count - 1)
    let to = stop.map { clamped($0, -1, count - 1) } ?? -1
    return stride(from: from, to: min(from, to), by: step)
  }
}

/// The names that a part of a template sees: its own, then those around it.
///
/// A reference, because a macro sees what its surroundings are set to when it is called, not when
/// it was defined.
final class Scope {
  private var values: [String: Value]
  private let parent: Scope?

  init(_ values: [String: Value] = [:], in parent: Scope? = nil) {
    self.values = values
    self.parent = parent
  }

  subscript(name: String) -> Value? {
    var scope: Scope? = self
    while let here = scope {
      if let value = here.values[name] { return value }
      scope = here.parent
    }
    return nil
  }

  func set(_ name: String, _ value: Value) { values[name] = value }

  /// Lets go of all values, which may lead back to this scope through a macro.
  func empty() { values = [:] }
}

/// A macro and the scope it was defined in.
final class MacroValue {
  let definition: MacroDefinition
  let scope: Scope

  init(_ definition: MacroDefinition, in scope: Scope) {
    self.definition = definition
    self.scope = scope
  }
}

/// The `loop` variable.
final class LoopState {
  let items: [Value]
  let depth: Int
  /// The loop itself and its surroundings, where it may be called again.
  let recursion: (loop: Loop, scope: Scope)?
  /// How deep values are nested in it.
  let valueDepth: Int
  var index = 0
  private var lastChanged: [Value]?

  init(items: [Value], depth: Int, recursion: (loop: Loop, scope: Scope)?) {
    self.items = items
    self.depth = depth
    self.recursion = recursion
    valueDepth = (items.lazy.map(\.depth).max() ?? 0) + 1
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "index": .integer(index + 1)
    case "index0": .integer(index)
    case "revindex": .integer(items.count - index)
    case "revindex0": .integer(items.count - index - 1)
    case "first": .bool(index == 0)
    case "last": .bool(index == items.count - 1)
    case "length": .integer(items.count)
    case "depth": .integer(depth)
    case "depth0": .integer(depth - 1)
    case "previtem": index > 0 ? items[index - 1] : .undefined("there is no previous item")
    case "nextitem":
      index + 1 < items.count ? items[index + 1] : .undefined("there is no next item")
    case "cycle", "changed": .method(Method(of: .loop(self), name: name))
    default: nil
    }
  }

  func changed(_ values: [Value], within work: Work) throws -> Bool {
    defer { lastChanged = values }
    guard let lastChanged, lastChanged.count == values.count else { return true }
    return try !zip(lastChanged, values).allSatisfy { try $0.equals($1, within: work) }
  }

  /// Lets go of what `changed` keeps, which may lead to other loops.
  func forget() { lastChanged = nil }
}

/// The values of a call.
struct CallArguments {
  var positional: [Value] = []
  var keywords: [(name: String, value: Value)] = []

  func keyword(_ name: String) -> Value? { keywords.first { $0.name == name }?.value }

  /// The values of the parameters `names`, in their order.
  func bound(_ names: String..., required: Int = 0, to function: String) throws -> [Value?] {
    guard positional.count <= names.count else {
      throw Fault("\(function) takes at most \(names.count) arguments, not \(positional.count)")
    }
    var values: [Value?] = positional.map { $0 }
    values += Array(repeating: nil, count: names.count - values.count)
    for (name, value) in keywords {
      guard let index = names.firstIndex(of: name) else {
        throw Fault("\(function) has no argument '\(name)'")
      }
      guard values[index] == nil else { throw Fault("\(function) is given '\(name)' twice") }
      values[index] = value
    }
    for index in 0..<required where values[index] == nil {
      throw Fault("\(function) needs the argument '\(names[index])'")
    }
    return values
  }
}

internal import OrderedCollections

/// The methods of text, lists and dictionaries.
enum Methods {
  private static let ofText: Set<String> = [
    "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find",
    "format", "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit",
    "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "join",
    "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix", "removesuffix",
    "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split",
    "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper", "zfill",
  ]
  private static let changingLists: Set<String> = [
    "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort",
  ]
  private static let changingDictionaries: Set<String> = [
    "clear", "pop", "popitem", "setdefault", "update",
  ]

  static func has(_ value: Value, _ name: String) -> Bool {
    switch value {
    case .string, .markup: ofText.contains(name)
    case .list(let list):
      list.isIndexed
        && (name == "index" || name == "count"
          || (list.kind == .list && (name == "copy" || changingLists.contains(name))))
    case .dictionary:
      ["copy", "fromkeys", "get", "items", "keys", "values"].contains(name)
        || changingDictionaries.contains(name)
    default: false
    }
  }

  // MARK: Lists and dictionaries

  static func ofList(_ list: List, _ name: String, _ arguments: CallArguments) throws -> Value {
    if changingLists.contains(name) {
      throw Fault("'\(name)' would change a list, which a template must not")
    }
    if name == "copy" { return .list(list) }
    let wanted = try arguments.bound("value", required: 1, to: name)[0] ?? .none
    if name == "count" { return .integer(list.items.count { $0 == wanted }) }
    guard let index = list.items.firstIndex(of: wanted) else {
      throw Fault("\(wanted.represented) is not in the list")
    }
    return .integer(index)
  }

  static func ofDictionary(
    _ table: Table, _ name: String, _ arguments: CallArguments
  ) throws -> Value {
    if changingDictionaries.contains(name) {
      throw Fault("'\(name)' would change a dict, which a template must not")
    }
    switch name {
    case "get":
      guard arguments.keywords.isEmpty else { throw Fault("get takes no keyword arguments") }
      let values = try arguments.bound("key", "default", required: 1, to: "get")
      let key = values[0] ?? .none
      try key.requireHashable()
      return table.members[key] ?? values[1] ?? .none
    case "keys": return .list(List(Array(table.members.keys), .keys))
    case "values": return .list(List(Array(table.members.values), .values))
    case "items": return .list(List(table.pairs, .items))
    case "copy": return .dictionary(table)
    default: throw Fault("the dict's method '\(name)' is not known here")
    }
  }

  // MARK: Helpers of text

  /// How many times, from an argument in which none and negative numbers mean all.
  static func limit(_ value: Value?) -> Int {
    guard let count = value?.whole, count >= 0 else { return .max }
    return count
  }

  static func strip(
    _ text: String, _ characters: Value?, leading: Bool = true, trailing: Bool = true
  ) -> String {
    guard let characters = characters?.text else {
      return PythonText.stripped(text, leading: leading, trailing: trailing)
    }
    let set = Set(characters.unicodeScalars)
    return PythonText.stripped(text, leading: leading, trailing: trailing) { set.contains($0) }
  }

  enum Alignment { case left, middle, right }

  static func padded(
    _ value: Value, _ width: Value?, _ fill: Value?, _ alignment: Alignment
  ) throws -> Value {
    guard let width = width?.whole else { throw Fault("padding needs a whole number") }
    guard width <= Formatting.widest else { throw Fault("the width is too large") }
    let fill = fill?.text ?? " "
    return Filters.map(value) { text in
      let missing = max(0, width - text.unicodeScalars.count)
      let before: Int
      switch alignment {
      case .left: before = 0
      case .right: before = missing
      // Python puts the odd space before when the width is odd.
      case .middle: before = missing / 2 + (missing & width & 1)
      }
      return String(repeating: fill, count: before) + text
        + String(repeating: fill, count: missing - before)
    }
  }
}

extension Renderer {
  func invoke(_ method: Method, _ arguments: CallArguments) throws -> Value {
    switch method.value {
    case .string(let text): return try ofText(text, .string(text), method.name, arguments)
    case .markup(let text): return try ofText(text, .markup(text), method.name, arguments)
    case .list(let list): return try Methods.ofList(list, method.name, arguments)
    case .dictionary(let table): return try Methods.ofDictionary(table, method.name, arguments)
    case .loop(let state):
      if method.name == "changed" { return .bool(state.changed(arguments.positional)) }
      guard !arguments.positional.isEmpty else { throw Fault("cycle needs values") }
      return arguments.positional[state.index % arguments.positional.count]
    default: throw Fault("'\(method.name)' cannot be called")
    }
  }
}

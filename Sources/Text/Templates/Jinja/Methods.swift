internal import OrderedCollections

/// The methods of text, lists and dictionaries.
enum Methods {
  private static let ofText: Set<String> = [
    "capitalize", "casefold", "center", "count", "endswith", "expandtabs", "find", "format",
    "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier",
    "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "join", "ljust",
    "lower", "lstrip", "maketrans", "partition", "removeprefix", "removesuffix", "replace",
    "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines",
    "startswith", "strip", "swapcase", "title", "translate", "upper", "zfill",
  ]
  private static let ofDictionaries: Set<String> = [
    "copy", "fromkeys", "get", "items", "keys", "values",
  ]
  private static let changingLists: Set<String> = [
    "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort",
  ]
  private static let changingDictionaries: Set<String> = [
    "clear", "pop", "popitem", "setdefault", "update",
  ]

  /// The names of the methods that a value of the kind has.
  static func names(of value: Value) -> Set<String> {
    switch value {
    case .string, .markup: ofText
    case .list(let list):
      list.kind == .list ? ["copy", "count", "index"] : list.isIndexed ? ["count", "index"] : []
    case .dictionary: ofDictionaries
    case .function(.dict): ["fromkeys"]
    case .cycler: ["next", "reset"]
    default: []
    }
  }

  static func has(_ value: Value, _ name: String) -> Bool { names(of: value).contains(name) }

  /// Why a method that Python has is not there: it would change the value.
  static func refusal(_ value: Value, _ name: String) -> String? {
    switch value {
    case .list(let list) where list.kind == .list && changingLists.contains(name):
      "'\(name)' would change a list, which a template must not"
    case .dictionary where changingDictionaries.contains(name):
      "'\(name)' would change a dict, which a template must not"
    default: nil
    }
  }

  // MARK: Lists and dictionaries

  static func ofList(
    _ list: List, _ name: String, _ arguments: CallArguments, within work: Work
  ) throws -> Value {
    if name == "copy" {
      _ = try arguments.bound(to: name)
      return .list(list)
    }
    let values =
      name == "count"
      ? try arguments.bound("value", required: 1, to: name)
      : try arguments.bound("value", "start", "stop", required: 1, to: name)
    let wanted = values[0] ?? .none
    try work.charge(Work.scan, times: list.items.count)
    func matches(_ item: Value) throws -> Bool { try item.equals(wanted, within: work) }
    if name == "count" { return .integer(try list.items.count(where: matches)) }
    let start = place(values[1], of: list.items.count, otherwise: 0)
    let stop = place(values.last ?? nil, of: list.items.count, otherwise: list.items.count)
    guard let index = try list.items[start..<max(start, stop)].firstIndex(where: matches) else {
      throw Fault("the value is not in the list")
    }
    return .integer(index)
  }

  /// The place that an index from either end stands for, within a length.
  static func place(_ value: Value?, of count: Int, otherwise: Int) -> Int {
    guard let index = value?.whole else { return otherwise }
    return max(0, min(count, index < 0 ? max(index, -count) + count : index))
  }

  static func ofDictionary(
    _ table: Table, _ name: String, _ arguments: CallArguments, within work: Work
  ) throws -> Value {
    if name == "get" {
      guard arguments.keywords.isEmpty else { throw Fault("get takes no keyword arguments") }
      let values = try arguments.bound("key", "default", required: 1, to: "get")
      let key = values[0] ?? .none
      try key.requireHashable(within: work)
      return table.members[key] ?? values[1] ?? .none
    }
    _ = try arguments.bound(to: name)
    switch name {
    case "keys":
      try work.makeList(table.members.count)
      return .list(List(Array(table.members.keys), .keys))
    case "values":
      try work.makeList(table.members.count)
      return .list(List(Array(table.members.values), .values))
    case "items": return .list(List(try table.pairs(within: work), .items))
    default: return .dictionary(table)
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
    _ value: Value, _ width: Value?, _ fill: Value?, _ alignment: Alignment, within work: Work
  ) throws -> Value {
    guard let width = width?.whole else { throw Fault("padding needs a whole number") }
    guard width <= Formatting.widest else { throw Fault("the width is too large") }
    let fill = fill?.text ?? " "
    guard fill.unicodeScalars.count == 1 else {
      throw Fault("padding needs exactly one character to fill with")
    }
    let text = try value.printed(work)
    func padded() -> String {
      // The width is at most what `widest` says, but may be as small as a number can be.
      let missing = max(0, max(0, width) - text.unicodeScalars.count)
      let before: Int
      switch alignment {
      case .left: before = 0
      case .right: before = missing
      // Python puts the odd space before when the width is odd.
      case .middle: before = missing / 2 + (missing & width & 1)
      }
      return PythonText.repeated(fill, before) + text
        + PythonText.repeated(fill, missing - before)
    }
    let result = padded()
    try work.makeText(result.utf8.count)
    return value.isMarkup ? .markup(result) : .string(result)
  }
}

extension Renderer {
  func invoke(_ method: Method, _ arguments: CallArguments) throws -> Value {
    let name = method.name
    switch method.value {
    case .string(let text), .markup(let text):
      try work.scan(text)
      return try ofText(text, method.value, name, arguments)
    case .list(let list): return try Methods.ofList(list, name, arguments, within: work)
    case .dictionary, .function:
      if name == "fromkeys" { return try fromKeys(arguments) }
      guard case .dictionary(let table) = method.value else { break }
      return try Methods.ofDictionary(table, name, arguments, within: work)
    case .loop(let state):
      if name == "changed" {
        track(state)
        return .bool(try state.changed(arguments.positional, within: work))
      }
      guard !arguments.positional.isEmpty else { throw Fault("cycle needs values") }
      return arguments.positional[state.index % arguments.positional.count]
    case .cycler(let cycler):
      _ = try arguments.bound(to: name)
      if name == "next" { return cycler.next() }
      cycler.position = 0
      return .none
    default: break
    }
    throw Fault("'\(name)' cannot be called")
  }

  /// A dict with one value under many keys.
  private func fromKeys(_ arguments: CallArguments) throws -> Value {
    guard arguments.keywords.isEmpty else { throw Fault("fromkeys takes no keyword arguments") }
    let values = try arguments.bound("iterable", "value", required: 1, to: "fromkeys")
    let keys = try (values[0] ?? .none).elements(within: work)
    return try table(keys.map { ($0, values[1] ?? .none) })
  }
}

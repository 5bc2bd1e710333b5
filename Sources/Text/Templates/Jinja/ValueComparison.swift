internal import OrderedCollections

extension Value: Hashable {
  /// Python's `==`: numbers compare by value whatever their type, text by code points.
  static func == (a: Value, b: Value) -> Bool {
    if let x = a.text, let y = b.text { return sameBytes(x, y) }
    if let x = a.whole, let y = b.whole { return x == y }
    if let x = a.number, let y = b.number { return x == y }
    switch (a, b) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.list(let x), .list(let y)): return x.comparesLike(y) && x.items == y.items
    case (.dictionary(let x), .dictionary(let y)): return sameMembers(x, y)
    case (.generator(let x), .generator(let y)): return x === y
    case (.namespace(let x), .namespace(let y)): return x === y
    case (.macro(let x), .macro(let y)): return x === y
    case (.loop(let x), .loop(let y)): return x === y
    case (.function(let x), .function(let y)): return x == y
    default: return false
    }
  }

  func hash(into hasher: inout Hasher) {
    if let text {
      // Not String's own hash, which unifies canonically equivalent spellings.
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    } else if let number {
      hasher.combine(number)
    } else if case .list(let list) = self {
      hasher.combine(list.items)
    }
  }

  private static func sameBytes(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
  }

  private static func sameMembers(_ a: Table, _ b: Table) -> Bool {
    a.members.count == b.members.count
      && a.members.allSatisfy { key, value in b.members[key] == value }
  }

  /// Python's `<`.
  static func isLess(_ a: Value, _ b: Value) throws -> Bool {
    if let x = a.text, let y = b.text { return x.utf8.lexicographicallyPrecedes(y.utf8) }
    if let x = a.whole, let y = b.whole { return x < y }
    if let x = a.number, let y = b.number { return x < y }
    if case .list(let x) = a, case .list(let y) = b, x.isIndexed, x.comparesLike(y) {
      for (left, right) in zip(x.items, y.items) where left != right {
        return try isLess(left, right)
      }
      return x.items.count < y.items.count
    }
    for side in [a, b] { try side.requireDefined() }
    throw Fault("'<' is not supported between \(a.typeName) and \(b.typeName)")
  }

  /// Throws for an undefined value, saying what is undefined.
  func requireDefined() throws {
    if case .undefined(let what) = self { throw Fault(what) }
  }

  /// Python's `bool()`.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .float(let value): value != 0
    case .string(let text), .markup(let text): !text.isEmpty
    case .list(let list): !list.items.isEmpty
    case .dictionary(let table): !table.members.isEmpty
    default: true
    }
  }

  /// Python's `needle in self`.
  func contains(_ needle: Value) throws -> Bool {
    switch self {
    case .string(let text), .markup(let text):
      guard let part = needle.text else {
        throw Fault("'in <string>' requires a string, not \(needle.typeName)")
      }
      return part.isEmpty || PythonText.firstRange(of: part, in: text) != nil
    case .dictionary(let table):
      try needle.requireHashable()
      return table.members[needle] != nil
    default:
      return try elements().contains(needle)
    }
  }

  /// Throws for a value that Python cannot use as a key.
  func requireHashable() throws {
    switch self {
    case .dictionary: throw Fault("a dict cannot be a key")
    case .list(let list) where list.kind != .tuple:
      throw Fault("a \(list.typeName) cannot be a key")
    default: break
    }
  }

  /// The elements that iterating over the value gives.
  func elements() throws -> [Value] {
    switch self {
    case .undefined: return []
    case .list(let list): return list.items
    case .dictionary(let table): return Array(table.members.keys)
    case .string(let text): return text.unicodeScalars.map { .string(String($0)) }
    case .markup(let text): return text.unicodeScalars.map { .string(String($0)) }
    case .generator(let generator): return generator.rest()
    default: throw Fault("a value of type \(typeName) cannot be iterated over")
    }
  }

  /// Python's `len()`.
  func length() throws -> Int {
    switch self {
    case .undefined: return 0
    case .string(let text), .markup(let text): return text.unicodeScalars.count
    case .list(let list): return list.items.count
    case .dictionary(let table): return table.members.count
    default: throw Fault("a value of type \(typeName) has no length")
    }
  }
}

extension List {
  func comparesLike(_ other: List) -> Bool { kind == other.kind }
}

internal import OrderedCollections

extension Value: Hashable {
  /// Python's `==`: numbers compare by value whatever their type, text by code points.
  ///
  /// For tables and sets, whose keys `requireHashable` bounds; elsewhere `equals` counts the work.
  static func == (a: Value, b: Value) -> Bool {
    if let x = a.text, let y = b.text { return sameBytes(x, y) }
    if let x = a.whole, let y = b.whole { return x == y }
    if case .wide(let x) = a, case .wide(let y) = b { return x == y }
    if let x = a.number, let y = b.number { return x == y }
    switch (a, b) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.list(let x), .list(let y)):
      return x === y || (x.comparesLike(y) && x.items == y.items)
    case (.dictionary(let x), .dictionary(let y)): return x === y || sameMembers(x, y)
    case (.generator(let x), .generator(let y)): return x === y
    case (.namespace(let x), .namespace(let y)): return x === y
    case (.macro(let x), .macro(let y)): return x === y
    case (.loop(let x), .loop(let y)): return x === y
    case (.function(let x), .function(let y)): return x == y
    case (.method(let x), .method(let y)): return x.name == y.name && x.value == y.value
    case (.joiner(let x), .joiner(let y)): return x === y
    case (.cycler(let x), .cycler(let y)): return x === y
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
    } else {
      switch self {
      case .list(let list): hasher.combine(list.items)
      case .method(let method):
        hasher.combine(method.name)
        method.value.hash(into: &hasher)
      case .generator(let generator): hasher.combine(ObjectIdentifier(generator))
      case .namespace(let namespace): hasher.combine(ObjectIdentifier(namespace))
      case .macro(let macro): hasher.combine(ObjectIdentifier(macro))
      case .loop(let loop): hasher.combine(ObjectIdentifier(loop))
      case .joiner(let joiner): hasher.combine(ObjectIdentifier(joiner))
      case .cycler(let cycler): hasher.combine(ObjectIdentifier(cycler))
      case .function(let function): hasher.combine(function)
      default: break
      }
    }
  }

  /// `self == other`, paid for by what the smaller of them holds.
  func equals(_ other: Value, within work: Work) throws -> Bool {
    try work.charge(min(weight, other.weight))
    return self == other
  }

  private static func sameBytes(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
  }

  private static func sameMembers(_ a: Table, _ b: Table) -> Bool {
    a.members.count == b.members.count
      && a.members.allSatisfy { key, value in b.members[key] == value }
  }

  /// Python's `<`.
  static func isLess(_ a: Value, _ b: Value, within work: Work) throws -> Bool {
    try work.charge(min(a.weight, b.weight))
    if let x = a.text, let y = b.text { return x.utf8.lexicographicallyPrecedes(y.utf8) }
    if let x = a.whole, let y = b.whole { return x < y }
    if case .wide(let x) = a, case .wide(let y) = b { return isLess(digits: x, y) }
    if let x = a.number, let y = b.number { return x < y }
    if case .list(let x) = a, case .list(let y) = b, x.isIndexed, x.comparesLike(y) {
      for (left, right) in zip(x.items, y.items) where try !left.equals(right, within: work) {
        return try isLess(left, right, within: work)
      }
      return x.items.count < y.items.count
    }
    for side in [a, b] { try side.requireDefined() }
    throw Fault("'<' is not supported between \(a.typeName) and \(b.typeName)")
  }

  private static func isLess(digits a: String, _ b: String) -> Bool {
    let isNegative = a.hasPrefix("-")
    guard isNegative == b.hasPrefix("-") else { return isNegative }
    let (small, large) = isNegative ? (b, a) : (a, b)
    return small.utf8.count == large.utf8.count
      ? small < large : small.utf8.count < large.utf8.count
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
  func contains(_ needle: Value, within work: Work) throws -> Bool {
    switch self {
    case .string(let text), .markup(let text):
      guard let part = needle.text else {
        throw Fault("'in <string>' requires a string, not \(needle.typeName)")
      }
      try work.charge(text.utf8.count)
      return part.isEmpty || PythonText.firstRange(of: part, in: text) != nil
    case .dictionary(let table):
      try needle.requireHashable(within: work)
      return table.members[needle] != nil
    default:
      return try elements(within: work).contains { try $0.equals(needle, within: work) }
    }
  }

  /// Throws for a value that Python cannot use as a key, and pays for hashing one that it can.
  func requireHashable(within work: Work) throws {
    switch self {
    case .dictionary: throw Fault("a dict cannot be a key")
    case .list(let list) where list.kind != .tuple && list.kind != .range:
      throw Fault("a \(list.typeName) cannot be a key")
    case .list(let list):
      if list.weight > work.limits.keyWeight { throw Fault("the key holds too much") }
      for item in list.items { try item.requireHashable(within: work) }
    case .method(let method):
      if method.value.weight > work.limits.keyWeight { throw Fault("the key holds too much") }
    default: break
    }
    try work.charge(weight)
  }

  /// The elements that iterating over the value gives.
  func elements(within work: Work) throws -> [Value] {
    switch self {
    case .undefined: return []
    case .list(let list):
      try work.charge(Work.scan, times: list.items.count)
      return list.items
    case .dictionary(let table):
      try work.makeList(table.members.count)
      return Array(table.members.keys)
    case .string(let text), .markup(let text):
      try work.charge(text.utf8.count)
      try work.makeList(text.unicodeScalars.count)
      return text.unicodeScalars.map { .string(String($0)) }
    case .generator(let generator):
      let rest = generator.rest()
      try work.charge(Work.scan, times: rest.count)
      return rest
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
    case .loop(let state): return state.items.count
    default: throw Fault("a value of type \(typeName) has no length")
    }
  }
}

extension List {
  func comparesLike(_ other: List) -> Bool { kind == other.kind }
}

internal import OrderedCollections

/// The filters that follow a bar; larger ones are in extensions by subject.
enum Filters {
  typealias Filter = @Sendable (Value, CallArguments, Renderer) throws -> Value

  /// Those that do not go through the text that they are given.
  static let untouching: Set<String> = ["attr", "d", "default", "safe", "string"]

  static let table: [String: Filter] = [
    "abs": { value, _, _ in
      try value.requireDefined()
      if case .wide(let digits) = value, digits.hasPrefix("-") {
        return .wide(String(digits.dropFirst()))
      }
      if case .wide = value { return value }
      if let whole = value.whole {
        guard whole != .min else { throw Fault("the number is too large") }
        return .integer(abs(whole))
      }
      guard let number = value.number else { throw Fault("abs needs a number") }
      return .float(number.magnitude)
    },
    "attr": { value, arguments, renderer in
      let values = try arguments.bound("name", required: 1, to: "attr")
      let name = try values[0]?.printed(renderer.work) ?? ""
      return try renderer.attribute(name, of: value, orMember: false)
    },
    "batch": batch,
    "capitalize": { value, _, renderer in
      try renderer.work.charge(
        3 * Work.scan, times: try value.printed(renderer.work).utf8.count)
      return try map(value, renderer, PythonText.capitalized)
    },
    "center": { value, arguments, renderer in
      let width = try arguments.bound("width", to: "center")[0] ?? .integer(80)
      return try Methods.padded(value, width, nil, .middle, within: renderer.work)
    },
    "count": { value, _, _ in .integer(try value.length()) },
    "d": standard,
    "default": standard,
    "dictsort": dictionarySort,
    "e": escape,
    "escape": escape,
    "first": { value, _, renderer in
      if case .generator(let generator) = value {
        return generator.next() ?? .undefined("there is no first item")
      }
      if case .list(let list) = value {
        return list.items.first ?? .undefined("there is no first item")
      }
      return try value.elements(within: renderer.work).first
        ?? .undefined("there is no first item")
    },
    "filesizeformat": fileSize,
    "float": { value, arguments, _ in
      try value.requireDefined()
      let otherwise = try arguments.bound("default", to: "float")[0] ?? .float(0)
      return number(value).map(Value.float) ?? otherwise
    },
    "forceescape": { .markup(PythonText.escapedHTML(try $0.printed($2.work))) },
    "format": { value, arguments, renderer in
      guard arguments.positional.isEmpty || arguments.keywords.isEmpty else {
        throw Fault("format takes either positional or keyword arguments")
      }
      let text = try value.printed(renderer.work)
      if arguments.keywords.isEmpty {
        let values = Value.tuple(arguments.positional)
        return .string(try Formatting.percent(text, values, within: renderer.work))
      }
      var members = Table.Members()
      for (name, value) in arguments.keywords { members[.string(name)] = value }
      return .string(
        try Formatting.percent(text, .dictionary(Table(members)), within: renderer.work))
    },
    "groupby": group,
    "indent": indent,
    "int": integer,
    "items": { value, _, renderer in
      if value.isUndefined { return .generator(Generator([])) }
      guard case .dictionary(let table) = value else {
        throw Fault("items needs a dict, not a value of type \(value.typeName)")
      }
      return .generator(Generator(try table.pairs(within: renderer.work)))
    },
    "join": join,
    "last": { value, _, renderer in
      if case .generator = value { throw Fault("a generator has no last item") }
      if case .list(let list) = value {
        return list.items.last ?? .undefined("there is no last item")
      }
      return try value.elements(within: renderer.work).last
        ?? .undefined("there is no last item")
    },
    "length": { value, _, _ in .integer(try value.length()) },
    "list": { .list(try $0.elements(within: $2.work)) },
    "lower": { try map($0, $2, PythonText.lowered) },
    "map": map,
    "max": { value, arguments, renderer in
      try extreme("max", value, arguments, renderer) {
        try Value.isLess($1, $0, within: renderer.work)
      }
    },
    "min": { value, arguments, renderer in
      try extreme("min", value, arguments, renderer) {
        try Value.isLess($0, $1, within: renderer.work)
      }
    },
    "pprint": { value, _, renderer in .string(try value.prettyPrinted(renderer.work)) },
    "random": { _, _, _ in
      throw Fault("random gives another text every time, which a chat template must not")
    },
    "reject": { try select("reject", $0, $1, $2, keeping: false, byAttribute: false) },
    "rejectattr": { try select("rejectattr", $0, $1, $2, keeping: false, byAttribute: true) },
    "replace": { value, arguments, renderer in
      let values = try arguments.bound("old", "new", "count", required: 2, to: "replace")
      let work = renderer.work
      return .string(
        try PythonText.replacing(
          try values[0]?.printed(work) ?? "", with: try values[1]?.printed(work) ?? "",
          in: try value.printed(work), limit: Methods.limit(values[2]), within: work))
    },
    "reverse": { value, _, renderer in
      if value.text != nil {
        return try map(value, renderer) {
          String(String.UnicodeScalarView($0.unicodeScalars.reversed()))
        }
      }
      let items = try value.elements(within: renderer.work)
      try renderer.work.makeList(items.count)
      return .generator(Generator(items.reversed()))
    },
    "round": round,
    "safe": { .markup(try $0.printed($2.work)) },
    "select": { try select("select", $0, $1, $2, keeping: true, byAttribute: false) },
    "selectattr": { try select("selectattr", $0, $1, $2, keeping: true, byAttribute: true) },
    "slice": slice,
    "sort": sort,
    "string": { $0.isMarkup ? $0 : .string(try $0.printed($2.work)) },
    "striptags": stripTags,
    "sum": sum,
    "title": title,
    "tojson": json,
    "trim": { value, arguments, renderer in
      let characters = try arguments.bound("chars", to: "trim")[0]
      return try map(value, renderer) { Methods.strip($0, characters) }
    },
    "truncate": truncate,
    "unique": unique,
    "upper": { try map($0, $2) { $0.uppercased() } },
    "urlencode": urlEncode,
    "urlize": { _, _, _ in throw Fault("urlize, which makes links for a browser, is not known here")
    },
    "wordcount": { .integer(wordCount(try $0.printed($2.work))) },
    "wordwrap": wordWrap,
    "xmlattr": attributes,
  ]

  /// `change` of the value's text; marked text stays marked.
  static func map(
    _ value: Value, _ renderer: Renderer, _ change: (String) -> String
  ) throws -> Value {
    let text = change(try value.printed(renderer.work))
    try renderer.work.makeText(text.utf8.count)
    return value.isMarkup ? .markup(text) : .string(text)
  }

  private static let standard: Filter = { value, arguments, _ in
    let values = try arguments.bound("default_value", "boolean", to: "default")
    let replaces = value.isUndefined || (values[1]?.isTrue == true && !value.isTrue)
    return replaces ? values[0] ?? .string("") : value
  }

  private static let escape: Filter = { value, _, renderer in
    value.isMarkup ? value : .markup(PythonText.escapedHTML(try value.printed(renderer.work)))
  }

  private static let json: Filter = { value, arguments, renderer in
    let values = try arguments.bound(
      "ensure_ascii", "indent", "separators", "sort_keys", to: "tojson")
    var style = Value.JSONStyle()
    style.escapesNonASCII = values[0]?.isTrue ?? false
    style.sortsKeys = values[3]?.isTrue ?? false
    if let indent = values[1], !indent.isNone {
      if let text = indent.text {
        style.indent = text
      } else if let width = indent.whole {
        guard width <= 1000 else { throw Fault("the indentation is too wide") }
        style.indent = String(repeating: " ", count: max(0, width))
      } else {
        throw Fault("the indentation must be a number or a string")
      }
      style.itemSeparator = ","
    }
    if let separators = values[2], !separators.isNone {
      let pair = try separators.elements(within: renderer.work).compactMap(\.text)
      guard pair.count == 2 else { throw Fault("separators needs two strings") }
      (style.itemSeparator, style.keySeparator) = (pair[0], pair[1])
    }
    return .string(try value.json(style, renderer.work))
  }
}

extension Table {
  typealias Members = OrderedDictionary<Value, Value>

  /// The members as pairs.
  func pairs(within work: Work) throws -> [Value] {
    try work.charge(2 * Work.element, times: members.count)
    return members.map { .tuple([$0.key, $0.value]) }
  }
}

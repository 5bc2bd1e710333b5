internal import OrderedCollections

/// The filters that follow a bar; larger ones are in extensions by subject.
enum Filters {
  typealias Filter = @Sendable (Value, CallArguments, Renderer) throws -> Value

  static let table: [String: Filter] = [
    "abs": { value, _, _ in
      try value.requireDefined()
      if let whole = value.whole {
        guard whole != .min else { throw Fault("the number is too large") }
        return .integer(abs(whole))
      }
      guard let number = value.number else { throw Fault("abs needs a number") }
      return .float(number.magnitude)
    },
    "attr": { value, arguments, renderer in
      let values = try arguments.bound("name", required: 1, to: "attr")
      return try renderer.attribute(values[0]?.printed ?? "", of: value)
    },
    "batch": batch,
    "capitalize": { value, _, _ in map(value, PythonText.capitalized) },
    "center": { value, arguments, _ in
      let width = try arguments.bound("width", to: "center")[0]?.whole ?? 80
      return try Methods.padded(value, .integer(width), nil, .middle)
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
      return try value.elements().first ?? .undefined("there is no first item")
    },
    "float": { value, arguments, _ in
      let otherwise = try arguments.bound("default", to: "float")[0] ?? .float(0)
      return number(value).map(Value.float) ?? otherwise
    },
    "forceescape": { value, _, _ in .markup(PythonText.escapedHTML(value.printed)) },
    "format": { value, arguments, _ in
      guard arguments.positional.isEmpty || arguments.keywords.isEmpty else {
        throw Fault("format takes either positional or keyword arguments")
      }
      let text = value.printed
      if arguments.keywords.isEmpty {
        return .string(try Formatting.percent(text, .tuple(arguments.positional)))
      }
      var members = Table.Members()
      for (name, value) in arguments.keywords { members[.string(name)] = value }
      return .string(try Formatting.percent(text, .dictionary(Table(members))))
    },
    "groupby": group,
    "indent": indent,
    "int": integer,
    "items": { value, _, _ in
      if value.isUndefined { return .generator(Generator([])) }
      guard case .dictionary(let table) = value else {
        throw Fault("items needs a dict, not a value of type \(value.typeName)")
      }
      return .generator(Generator(table.pairs))
    },
    "join": join,
    "last": { value, _, _ in
      if case .generator = value { throw Fault("a generator has no last item") }
      return try value.elements().last ?? .undefined("there is no last item")
    },
    "length": { value, _, _ in .integer(try value.length()) },
    "list": { value, _, _ in .list(try value.elements()) },
    "lower": { value, _, _ in map(value) { $0.lowercased() } },
    "map": map,
    "max": { try extreme("max", $0, $1, $2) { try Value.isLess($1, $0) } },
    "min": { try extreme("min", $0, $1, $2) { try Value.isLess($0, $1) } },
    "reject": { try select("reject", $0, $1, $2, keeping: false, byAttribute: false) },
    "rejectattr": { try select("rejectattr", $0, $1, $2, keeping: false, byAttribute: true) },
    "replace": { value, arguments, renderer in
      let values = try arguments.bound("old", "new", "count", required: 2, to: "replace")
      return .string(
        try PythonText.replacing(
          values[0]?.printed ?? "", with: values[1]?.printed ?? "", in: value.printed,
          limit: Methods.limit(values[2]), within: renderer.limits))
    },
    "reverse": { value, _, _ in
      if value.text != nil {
        return map(value) {
          String(String.UnicodeScalarView($0.unicodeScalars.reversed()))
        }
      }
      return .generator(Generator(try value.elements().reversed()))
    },
    "round": round,
    "safe": { value, _, _ in .markup(value.printed) },
    "select": { try select("select", $0, $1, $2, keeping: true, byAttribute: false) },
    "selectattr": { try select("selectattr", $0, $1, $2, keeping: true, byAttribute: true) },
    "slice": slice,
    "sort": sort,
    "string": { value, _, _ in value.isMarkup ? value : .string(value.printed) },
    "striptags": stripTags,
    "sum": sum,
    "title": title,
    "tojson": json,
    "trim": { value, arguments, _ in
      let characters = try arguments.bound("chars", to: "trim")[0]
      return map(value) { Methods.strip($0, characters) }
    },
    "truncate": truncate,
    "unique": unique,
    "upper": { value, _, _ in map(value) { $0.uppercased() } },
    "urlencode": { value, _, _ in .string(percentEncoded(value.printed)) },
    "wordcount": { value, _, _ in .integer(wordCount(value.printed)) },
  ]

  /// `change` of the value's text; marked text stays marked.
  static func map(_ value: Value, _ change: (String) -> String) -> Value {
    let text = change(value.printed)
    return value.isMarkup ? .markup(text) : .string(text)
  }

  private static let standard: Filter = { value, arguments, _ in
    let values = try arguments.bound("default_value", "boolean", to: "default")
    let replaces = value.isUndefined || (values[1]?.isTrue == true && !value.isTrue)
    return replaces ? values[0] ?? .string("") : value
  }

  private static let escape: Filter = { value, _, _ in
    value.isMarkup ? value : .markup(PythonText.escapedHTML(value.printed))
  }

  private static let json: Filter = { value, arguments, _ in
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
      let pair = try separators.elements().compactMap(\.text)
      guard pair.count == 2 else { throw Fault("separators needs two strings") }
      (style.itemSeparator, style.keySeparator) = (pair[0], pair[1])
    }
    return .string(try value.json(style))
  }
}

extension Table {
  typealias Members = OrderedDictionary<Value, Value>

  /// The members as pairs.
  var pairs: [Value] { members.map { .tuple([$0.key, $0.value]) } }
}

extension JSON {
  /// How a value is written.
  public struct Style: Sendable {
    /// Between elements.
    public var itemSeparator: String
    /// Between a key and its value.
    public var keySeparator: String
    /// Spaces a level, or nil for one line.
    public var indent: Int?
    /// Whether characters beyond ASCII are written as `\u` escapes.
    public var escapesNonASCII: Bool

    /// A style.
    public init(
      itemSeparator: String, keySeparator: String, indent: Int? = nil, escapesNonASCII: Bool = false
    ) {
      self.itemSeparator = itemSeparator
      self.keySeparator = keySeparator
      self.indent = indent
      self.escapesNonASCII = escapesNonASCII
    }

    /// No spaces at all: `{"a":1}`.
    public static let compact = Style(itemSeparator: ",", keySeparator: ":")
    /// Python's `json.dumps`: `{"a": 1, "b": 2}`.
    public static let spaced = Style(itemSeparator: ", ", keySeparator: ": ")
    /// Two spaces a level, for people.
    public static let pretty = Style(itemSeparator: ",", keySeparator: ": ", indent: 2)
  }

  /// The value as JSON text.
  ///
  /// Doubles are written so that reading them gives the same bits; numbers that JSON cannot hold
  /// (infinities, NaN) are written as `null`.
  public func text(_ style: Style = .compact) -> String {
    var output = ""
    write(style, level: 0, into: &output)
    return output
  }

  private func write(_ style: Style, level: Int, into output: inout String) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    case .wide(let digits): output += digits
    case .number(let value): output += value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.write(value, style, into: &output)
    case .array(let elements):
      Self.writeList(elements, "[", "]", style, level, into: &output) { element, output in
        element.write(style, level: level + 1, into: &output)
      }
    case .object(let members):
      Self.writeList(Array(members), "{", "}", style, level, into: &output) { member, output in
        Self.write(member.key, style, into: &output)
        output += style.keySeparator
        member.value.write(style, level: level + 1, into: &output)
      }
    }
  }

  private static func writeList<Item>(
    _ items: [Item], _ open: String, _ close: String, _ style: Style, _ level: Int,
    into output: inout String, _ body: (Item, inout String) -> Void
  ) {
    output += open
    for (index, item) in items.enumerated() {
      if index > 0 { output += style.itemSeparator }
      if let indent = style.indent {
        output += "\n" + String(repeating: " ", count: indent * (level + 1))
      }
      body(item, &output)
    }
    if let indent = style.indent, !items.isEmpty {
      output += "\n" + String(repeating: " ", count: indent * level)
    }
    output += close
  }

  private static func write(_ text: String, _ style: Style, into output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{08}": output += "\\b"
      case "\u{0C}": output += "\\f"
      case "\u{00}"..<"\u{20}": output += unicodeEscape(UInt16(scalar.value))
      default:
        if style.escapesNonASCII && !scalar.isASCII {
          for unit in String(scalar).utf16 { output += unicodeEscape(unit) }
        } else {
          output.unicodeScalars.append(scalar)
        }
      }
    }
    output += "\""
  }

  private static func unicodeEscape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

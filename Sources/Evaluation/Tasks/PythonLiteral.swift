internal import AnnealFiles

/// A value written as Python writes it, such as `['yes', "it's", 3]`; templates print lists so.
enum PythonLiteral {
  /// The value that `text` writes; nil when it writes none.
  static func value(of text: String) -> JSON? {
    var reader = Reader(rest: text.unicodeScalars[...])
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    guard reader.rest.isEmpty else { return nil }
    return value
  }

  private struct Reader {
    var rest: Substring.UnicodeScalarView

    mutating func skipSpace() { rest = rest.drop(while: PythonSpace.isSpace) }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
      skipSpace()
      guard rest.first == scalar else { return false }
      rest.removeFirst()
      return true
    }

    mutating func value(depth: Int) -> JSON? {
      skipSpace()
      guard depth < 100, let first = rest.first else { return nil }
      switch first {
      case "[": return list(closing: "]", depth).map(JSON.array)
      case "(": return list(closing: ")", depth).map(JSON.array)
      case "{": return dictionary(depth)
      case "'", "\"": return strings().map(JSON.string)
      default: return word()
      }
    }

    private mutating func list(closing: Unicode.Scalar, _ depth: Int) -> [JSON]? {
      rest.removeFirst()
      var elements: [JSON] = []
      while !skip(closing) {
        guard let element = value(depth: depth + 1) else { return nil }
        elements.append(element)
        if skip(",") { continue }
        return skip(closing) ? elements : nil
      }
      return elements
    }

    private mutating func dictionary(_ depth: Int) -> JSON? {
      rest.removeFirst()
      var members: [(String, JSON)] = []
      while !skip("}") {
        guard let key = value(depth: depth + 1)?.string, skip(":"),
          let member = value(depth: depth + 1)
        else { return nil }
        members.append((key, member))
        if skip(",") { continue }
        guard skip("}") else { return nil }
        return JSON(members: members)
      }
      return JSON(members: members)
    }

    /// Strings side by side are one.
    private mutating func strings() -> String? {
      var text = ""
      repeat {
        guard let part = string() else { return nil }
        text += part
        skipSpace()
      } while rest.first == "'" || rest.first == "\""
      return text
    }

    private mutating func string() -> String? {
      guard let quote = rest.popFirst() else { return nil }
      var text = String.UnicodeScalarView()
      while let scalar = rest.popFirst() {
        if scalar == quote { return String(text) }
        guard scalar == "\\" else {
          text.append(scalar)
          continue
        }
        guard let escaped = escape() else { return nil }
        text.append(contentsOf: escaped)
      }
      return nil
    }

    private mutating func escape() -> [Unicode.Scalar]? {
      guard let kind = rest.popFirst() else { return nil }
      switch kind {
      case "n": return ["\n"]
      case "t": return ["\t"]
      case "r": return ["\r"]
      case "\n": return []
      case "\\", "'", "\"": return [kind]
      case "x": return code(2)
      case "u": return code(4)
      case "U": return code(8)
      default: return ["\\", kind]
      }
    }

    private mutating func code(_ digits: Int) -> [Unicode.Scalar]? {
      let text = String(String.UnicodeScalarView(rest.prefix(digits)))
      rest = rest.dropFirst(digits)
      guard text.unicodeScalars.count == digits, let number = UInt32(text, radix: 16),
        let scalar = Unicode.Scalar(number)
      else { return nil }
      return [scalar]
    }

    private mutating func word() -> JSON? {
      let word = String(
        String.UnicodeScalarView(
          rest.prefix { $0.properties.isAlphabetic || "0123456789+-._".unicodeScalars.contains($0) }
        ))
      rest = rest.dropFirst(word.unicodeScalars.count)
      switch word {
      case "None": return .null
      case "True": return .bool(true)
      case "False": return .bool(false)
      default: return Int(word).map(JSON.integer) ?? Double(word).map(JSON.number)
      }
    }
  }
}

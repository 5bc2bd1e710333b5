/// Python's rules for text: code points, not characters, and its own idea of white space.
enum PythonText {
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// `text` without the leading and trailing scalars that `drop` accepts.
  static func stripped(
    _ text: String, leading: Bool = true, trailing: Bool = true,
    where drop: (Unicode.Scalar) -> Bool = isSpace
  ) -> String {
    var scalars = text.unicodeScalars[...]
    if leading { scalars = scalars.drop(while: drop) }
    if trailing { while let last = scalars.last, drop(last) { scalars.removeLast() } }
    return String(scalars)
  }

  /// Where `part` first occurs in `text`, by code points.
  static func firstRange(
    of part: String, in text: String, from start: String.Index? = nil
  ) -> Range<String.Index>? {
    let haystack = text.utf8
    let needle = part.utf8
    var position = start ?? haystack.startIndex
    guard let first = needle.first else { return position..<position }
    while let found = haystack[position...].firstIndex(of: first) {
      var (a, b) = (found, needle.startIndex)
      while b < needle.endIndex, a < haystack.endIndex, haystack[a] == needle[b] {
        a = haystack.index(after: a)
        b = needle.index(after: b)
      }
      if b == needle.endIndex { return found..<a }
      position = haystack.index(after: found)
    }
    return nil
  }

  /// The parts of `text` between occurrences of `separator`, at most `limit` cuts.
  static func split(_ text: String, by separator: String, limit: Int = .max) -> [String] {
    var parts: [String] = []
    var position = text.startIndex
    while parts.count < limit, let range = firstRange(of: separator, in: text, from: position) {
      parts.append(String(text[position..<range.lowerBound]))
      position = range.upperBound
    }
    parts.append(String(text[position...]))
    return parts
  }

  /// The words of `text`, at most `limit` cuts.
  static func words(_ text: String, limit: Int = .max) -> [String] {
    var parts: [String] = []
    var rest = text.unicodeScalars.drop(while: isSpace)
    while !rest.isEmpty {
      if parts.count == limit {
        parts.append(stripped(String(rest), leading: false))
        break
      }
      let word = rest.prefix { !isSpace($0) }
      parts.append(String(word))
      rest = rest.dropFirst(word.count).drop(while: isSpace)
    }
    return parts
  }

  /// The lines of `text`.
  static func lines(_ text: String, keepingEnds: Bool = false) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if previous == "\r" && scalar == "\n" {
        if keepingEnds, let last = lines.popLast() { lines.append(last + "\n") }
      } else if isLineEnd(scalar) {
        if keepingEnds { line.append(scalar) }
        lines.append(String(line))
        line = String.UnicodeScalarView()
      } else {
        line.append(scalar)
      }
      previous = scalar
    }
    if !line.isEmpty { lines.append(String(line)) }
    return lines
  }

  private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// `text` with `old` replaced by `new`, at most `limit` times.
  static func replacing(
    _ old: String, with new: String, in text: String, limit: Int = .max, within limits: Limits
  ) throws -> String {
    var parts: [String]
    if old.isEmpty {
      let scalars = text.unicodeScalars.prefix(limit).map { String($0) }
      parts = [""] + scalars
      let rest = String(text.unicodeScalars.dropFirst(scalars.count))
      if limit > scalars.count { parts.append("") } else { parts[parts.count - 1] += rest }
    } else {
      parts = split(text, by: old, limit: limit)
    }
    guard
      text.utf8.count + (parts.count - 1) * min(new.utf8.count, limits.textBytes)
        <= limits.textBytes
    else { throw Fault("replacing makes a text of more than \(limits.textBytes) bytes") }
    return parts.joined(separator: new)
  }

  /// The shortest text that reads back as `value`, written as Python writes it.
  static func float(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let magnitude = value.magnitude
    guard magnitude >= 1e16, magnitude < 18_014_398_509_481_984 else { return "\(value)" }
    // Python changes to exponents at 1e16, Swift at 2^54.
    var digits = String(Int64(magnitude))
    let exponent = digits.count - 1
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    let first = digits.removeFirst()
    let fraction = digits.isEmpty ? "" : ".\(digits)"
    return "\(value < 0 ? "-" : "")\(first)\(fraction)e+\(exponent)"
  }

  static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// Python's `repr` of a string.
  static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var output = String(quote)
    for scalar in scalars {
      switch scalar {
      case quote, "\\": output += "\\" + String(scalar)
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      default:
        if isPrintable(scalar) {
          output.unicodeScalars.append(scalar)
        } else if scalar.value <= 0xFF {
          output += "\\x" + hexadecimal(scalar.value, digits: 2)
        } else if scalar.value <= 0xFFFF {
          output += "\\u" + hexadecimal(scalar.value, digits: 4)
        } else {
          output += "\\U" + hexadecimal(scalar.value, digits: 8)
        }
      }
    }
    return output + String(quote)
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }

  /// `text` with the five characters that mean something in HTML escaped.
  static func escapedHTML(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&#34;"
      case "'": output += "&#39;"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }

  /// The first letter in title case, the others in lower case.
  static func capitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping
      + String(text.unicodeScalars.dropFirst()).lowercased()
  }

  /// Every run of letters capitalized.
  static func titled(_ text: String) -> String {
    var output = ""
    var insideWord = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      output += insideWord ? properties.lowercaseMapping : properties.titlecaseMapping
      insideWord = properties.isCased
    }
    return output
  }
}

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

  /// `text` so many times; a long text is doubled, which copies it in few steps.
  static func repeated(_ text: String, _ count: Int) -> String {
    guard count > 0 else { return "" }
    let half = repeated(text, count / 2)
    return count.isMultiple(of: 2) ? half + half : half + half + text
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
    _ old: String, with new: String, in text: String, limit: Int = .max, within work: Work
  ) throws -> String {
    try work.charge(text.utf8.count)
    var parts: [String]
    if old.isEmpty {
      try work.makeList(min(limit, text.unicodeScalars.count))
      let scalars = text.unicodeScalars.prefix(limit).map { String($0) }
      parts = [""] + scalars
      let rest = String(text.unicodeScalars.dropFirst(scalars.count))
      if limit > scalars.count { parts.append("") } else { parts[parts.count - 1] += rest }
    } else {
      parts = split(text, by: old, limit: limit)
      try work.charge(Work.element, times: parts.count)
    }
    guard parts.count > 1 else { return text }
    var writer = TextWriter(work)
    try writer.write(parts, separator: new)
    return writer.text
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
        } else {
          output += escape(scalar)
        }
      }
    }
    return output + String(quote)
  }

  /// `text` with every scalar beyond ASCII as an escape.
  static func escapedNonASCII(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { output, scalar in
      if scalar.isASCII { output.unicodeScalars.append(scalar) } else { output += escape(scalar) }
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case ...0xFF: "\\x" + hexadecimal(scalar.value, digits: 2)
    case ...0xFFFF: "\\u" + hexadecimal(scalar.value, digits: 4)
    default: "\\U" + hexadecimal(scalar.value, digits: 8)
    }
  }

  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
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

  /// Python's `lower()`, in which a sigma that ends a word has a shape of its own.
  static func lowered(_ text: String) -> String {
    guard text.unicodeScalars.contains("Σ") else { return text.lowercased() }
    let scalars = Array(text.unicodeScalars)
    return scalars.indices.reduce(into: "") { $0 += lowered(scalars, $1) }
  }

  /// The lower case of the scalar at `index`, whose neighbours decide about a sigma.
  private static func lowered(_ scalars: [Unicode.Scalar], _ index: Int) -> String {
    guard scalars[index] == "Σ" else { return scalars[index].properties.lowercaseMapping }
    func isCased(_ neighbours: some Sequence<Unicode.Scalar>) -> Bool {
      neighbours.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
    }
    let isLast = isCased(scalars[..<index].reversed()) && !isCased(scalars[(index + 1)...])
    return isLast ? "ς" : "σ"
  }

  /// Python's `casefold()`: the one spelling of what differs in case alone.
  static func folded(_ text: String) -> String {
    func each(_ text: String, _ change: (Unicode.Scalar.Properties) -> String) -> String {
      text.unicodeScalars.reduce(into: "") { $0 += change($1.properties) }
    }
    return text.unicodeScalars.reduce(into: "") { output, scalar in
      switch scalar.value {
      case 0x0131: output.unicodeScalars.append(scalar)
      // Cherokee was given its small letters late; they fold to the large ones.
      case 0x13A0...0x13FD, 0xAB70...0xABBF: output += scalar.properties.uppercaseMapping
      case ..<0x80: output += scalar.properties.lowercaseMapping
      default:
        let upper = each(scalar.properties.lowercaseMapping, \.uppercaseMapping)
        output += each(upper, \.lowercaseMapping)
      }
    }
  }

  /// The first letter in title case, the others in lower case.
  static func capitalized(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first else { return "" }
    return scalars.indices.dropFirst().reduce(into: first.properties.titlecaseMapping) {
      $0 += lowered(scalars, $1)
    }
  }

  /// Every run of letters capitalized.
  static func titled(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var output = ""
    var insideWord = false
    for (index, scalar) in scalars.enumerated() {
      let properties = scalar.properties
      output += insideWord ? lowered(scalars, index) : properties.titlecaseMapping
      insideWord = properties.isCased
    }
    return output
  }

  /// Capitals small and small letters large.
  static func swapped(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    return scalars.indices.reduce(into: "") { output, index in
      let properties = scalars[index].properties
      output += properties.isUppercase ? lowered(scalars, index) : properties.uppercaseMapping
    }
  }

  // MARK: Numbers

  /// `text` without the space around it, its digits in ASCII and without the underscores between
  /// them; nil when an underscore stands elsewhere.
  static func digits(_ text: String) -> String? {
    let scalars = Array(stripped(text).unicodeScalars)
    var output = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      if scalar == "_" {
        guard index > 0, index + 1 < scalars.count,
          scalars[index - 1].properties.isASCIIHexDigit || isDecimal(scalars[index - 1]),
          scalars[index + 1].properties.isASCIIHexDigit || isDecimal(scalars[index + 1])
        else { return nil }
      } else if !scalar.isASCII, isDecimal(scalar), let value = scalar.properties.numericValue,
        let digit = Unicode.Scalar(0x30 + UInt32(value))
      {
        output.append(digit)
      } else {
        output.append(scalar)
      }
    }
    return String(output)
  }

  private static func isDecimal(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.numericType == .decimal
  }

  /// Python's `float()` of a text.
  static func number(_ text: String) -> Double? {
    guard let digits = digits(text)?.lowercased() else { return nil }
    let plain = digits.drop { $0 == "+" || $0 == "-" }
    guard digits.utf8.count - plain.utf8.count < 2 else { return nil }
    if ["inf", "infinity", "nan"].contains(plain) { return Double(digits) }
    // What else Double reads, such as hexadecimal, Python does not.
    let isPlain = plain.utf8.allSatisfy {
      (48...57).contains($0) || [UInt8(ascii: "."), UInt8(ascii: "e")].contains($0)
        || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
    }
    return isPlain && !plain.isEmpty ? decimal(digits) : nil
  }

  private static func decimal(_ digits: String) -> Double? {
    // Swift asks for a digit on both sides of the point.
    let parts = digits.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0].contains(where: \.isNumber) else { return nil }
    var mantissa = String(parts[0])
    if mantissa.hasSuffix(".") { mantissa += "0" }
    return Double(parts.count > 1 ? "\(mantissa)e\(parts[1])" : mantissa)
  }
}

extension Filters {
  /// The number that a value or the text of one stands for.
  static func number(_ value: Value) -> Double? {
    if let number = value.number { return number }
    guard let text = value.text else { return nil }
    let digits = PythonText.stripped(text).replacing("_", with: "")
    return digits.lowercased().hasPrefix("0x") ? nil : Double(digits)
  }

  static let integer: Filter = { value, arguments, _ in
    let values = try arguments.bound("default", "base", to: "int")
    let otherwise = values[0] ?? .integer(0)
    if let whole = value.whole { return .integer(whole) }
    if let text = value.text {
      let base = values[1]?.whole ?? 10
      guard (2...36).contains(base) else { throw Fault("int needs a base from 2 to 36") }
      var digits = PythonText.stripped(text).replacing("_", with: "")
      let prefixes = [16: "0x", 8: "0o", 2: "0b"]
      if let prefix = prefixes[base], digits.lowercased().hasPrefix(prefix) {
        digits.removeFirst(2)
      }
      if let whole = Int(digits, radix: base) { return .integer(whole) }
    }
    guard let number = number(value), number.isFinite,
      let whole = Int(exactly: number.rounded(.towardZero))
    else { return otherwise }
    return .integer(whole)
  }

  static let round: Filter = { value, arguments, _ in
    let values = try arguments.bound("precision", "method", to: "round")
    try value.requireDefined()
    guard let number = value.number else { throw Fault("round needs a number") }
    let precision = values[0]?.whole ?? 0
    guard (-300...300).contains(precision) else { throw Fault("the precision is too large") }
    let method = values[1]?.printed ?? "common"
    var scale = 1.0
    for _ in 0..<precision.magnitude { scale *= 10 }
    if precision < 0 { scale = 1 / scale }
    switch method {
    case "ceil": return .float((number * scale).rounded(.up) / scale)
    case "floor": return .float((number * scale).rounded(.down) / scale)
    case "common":
      if let whole = value.whole, precision >= 0 { return .integer(whole) }
      if precision < 0 {
        return .float((number * scale).rounded(.toNearestOrEven) / scale)
      }
      return .float(Double(Formatting.c("%.*f", precision, number)) ?? number)
    default: throw Fault("round knows the methods common, ceil and floor")
    }
  }

  static let indent: Filter = { value, arguments, renderer in
    let values = try arguments.bound("width", "first", "blank", to: "indent")
    let width = values[0] ?? .integer(4)
    guard
      let margin = width.text
        ?? width.whole.map({ String(repeating: " ", count: min(max(0, $0), 1000)) })
    else { throw Fault("indent needs a number or a string") }
    let blank = values[2]?.isTrue ?? false
    var lines = PythonText.lines(value.printed + "\n")
    guard lines.count * margin.utf8.count <= renderer.limits.textBytes else {
      throw Fault("the indented text is too long")
    }
    for index in lines.indices.dropFirst() where blank || !lines[index].isEmpty {
      lines[index] = margin + lines[index]
    }
    let text = (values[1]?.isTrue ?? false ? margin : "") + lines.joined(separator: "\n")
    return value.isMarkup ? .markup(text) : .string(text)
  }

  /// Every word, as separated by space, hyphens and opening brackets, capitalized.
  static let title: Filter = { value, _, _ in
    map(value) { text in
      var output = ""
      var isStart = true
      for scalar in text.unicodeScalars {
        let separates = PythonText.isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar)
        output +=
          isStart ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
        isStart = separates
      }
      return output
    }
  }

  static let truncate: Filter = { value, arguments, _ in
    let values = try arguments.bound("length", "killwords", "end", "leeway", to: "truncate")
    let length = values[0]?.whole ?? 255
    let end = values[2]?.printed ?? "..."
    let scalars = value.printed.unicodeScalars
    guard length >= end.unicodeScalars.count else {
      throw Fault("truncate needs a length of at least \(end.unicodeScalars.count)")
    }
    if scalars.count <= length + (values[3]?.whole ?? 5) { return value }
    var text = String(scalars.prefix(length - end.unicodeScalars.count))
    if values[1]?.isTrue != true, let space = text.unicodeScalars.lastIndex(of: " ") {
      text = String(text[..<space])
    }
    return .string(text + end)
  }

  static let stripTags: Filter = { value, _, _ in
    var text = ""
    var rest = value.printed.unicodeScalars[...]
    while let open = rest.firstIndex(of: "<") {
      let isComment = String(rest[open...].prefix(4)) == "<!--"
      guard let close = rest[open...].firstIndex(of: ">") else { break }
      var end = rest.index(after: close)
      if isComment {
        let remaining = String(rest[open...])
        guard let found = PythonText.firstRange(of: "-->", in: remaining) else { break }
        let length = remaining.unicodeScalars.distance(
          from: remaining.startIndex, to: found.upperBound)
        end = rest.index(open, offsetBy: length)
      }
      text += String(rest[..<open])
      rest = rest[end...]
    }
    text += String(rest)
    return .string(PythonText.words(text).joined(separator: " "))
  }

  static func wordCount(_ text: String) -> Int {
    var count = 0
    var isInside = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      let isWord = scalar == "_" || properties.isAlphabetic || properties.numericType != nil
      if isWord && !isInside { count += 1 }
      isInside = isWord
    }
    return count
  }

  static func percentEncoded(_ text: String) -> String {
    var output = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || "_.-~/".unicodeScalars.contains(scalar))
      if isPlain {
        output.unicodeScalars.append(scalar)
      } else {
        output += "%" + PythonText.hexadecimal(UInt32(byte), digits: 2).uppercased()
      }
    }
    return output
  }
}

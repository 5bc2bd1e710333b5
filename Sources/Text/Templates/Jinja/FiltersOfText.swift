internal import OrderedCollections

extension Filters {
  static let indent: Filter = { value, arguments, renderer in
    let values = try arguments.bound("width", "first", "blank", to: "indent")
    let width = values[0] ?? .integer(4)
    let margin: String
    if let text = width.text {
      margin = text
    } else if let count = width.whole {
      guard count <= Formatting.widest else { throw Fault("the indentation is too wide") }
      margin = String(repeating: " ", count: max(0, count))
    } else {
      throw Fault("indent needs a number or a string")
    }
    let blank = values[2]?.isTrue ?? false
    let lines = PythonText.lines(try value.printed(renderer.work) + "\n")
    var writer = TextWriter(renderer.work)
    if values[1]?.isTrue ?? false { try writer.write(margin) }
    for (index, line) in lines.enumerated() {
      if index > 0 {
        try writer.write("\n")
        if blank || !line.isEmpty { try writer.write(margin) }
      }
      try writer.write(line)
    }
    return value.isMarkup ? .markup(writer.text) : .string(writer.text)
  }

  /// Every word, as separated by space, hyphens and opening brackets, capitalized.
  static let title: Filter = { value, _, renderer in
    try renderer.work.charge(3 * Work.scan, times: try value.printed(renderer.work).utf8.count)
    return try map(value, renderer) { text in
      var output = ""
      var rest = String.UnicodeScalarView()
      var (isStart, wasSeparator) = (true, false)
      for scalar in text.unicodeScalars {
        // Separators are parts of their own, of which the first scalar stays what it is.
        let separates = PythonText.isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar)
        if separates != wasSeparator || isStart {
          output += PythonText.lowered(String(rest)) + scalar.properties.uppercaseMapping
          rest = String.UnicodeScalarView()
        } else {
          rest.append(scalar)
        }
        (isStart, wasSeparator) = (false, separates)
      }
      return output + PythonText.lowered(String(rest))
    }
  }

  static let truncate: Filter = { value, arguments, renderer in
    let values = try arguments.bound("length", "killwords", "end", "leeway", to: "truncate")
    let length = values[0]?.whole ?? 255
    let end = try values[2]?.printed(renderer.work) ?? "..."
    let scalars = try value.printed(renderer.work).unicodeScalars
    let leeway = values[3]?.whole ?? 5
    guard leeway >= 0 else { throw Fault("truncate needs a leeway of at least 0") }
    guard length >= end.unicodeScalars.count else {
      throw Fault("truncate needs a length of at least \(end.unicodeScalars.count)")
    }
    if scalars.count <= length.saturatingAdd(leeway) { return value }
    var text = String(scalars.prefix(length - end.unicodeScalars.count))
    if values[1]?.isTrue != true, let space = text.unicodeScalars.lastIndex(of: " ") {
      text = String(text[..<space])
    }
    return .string(text + end)
  }

  static let stripTags: Filter = { value, _, renderer in
    let source = try value.printed(renderer.work)
    var text = ""
    var position = source.startIndex
    while let open = PythonText.firstRange(of: "<", in: source, from: position) {
      let isComment = source[open.lowerBound...].utf8.starts(with: "<!--".utf8)
      let start = isComment ? source.utf8.index(open.lowerBound, offsetBy: 4) : open.lowerBound
      guard let end = PythonText.firstRange(of: isComment ? "-->" : ">", in: source, from: start)
      else { break }
      text += String(source[position..<open.lowerBound])
      position = end.upperBound
    }
    text += String(source[position...])
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

  static let urlEncode: Filter = { value, _, renderer in
    func encoded(_ value: Value, inQuery: Bool) throws -> String {
      let text = try value.printed(renderer.work)
      try renderer.work.scan(text)
      return percentEncoded(text, inQuery: inQuery)
    }
    switch value {
    case .dictionary, .list, .generator:
      var pairs = try value.elements(within: renderer.work)
      if case .dictionary(let table) = value { pairs = try table.pairs(within: renderer.work) }
      var writer = TextWriter(renderer.work)
      try writer.write(
        try pairs.map { pair in
          let parts = try pair.elements(within: renderer.work)
          guard parts.count == 2 else { throw Fault("urlencode needs pairs") }
          return try encoded(parts[0], inQuery: true) + "=" + encoded(parts[1], inQuery: true)
        }, separator: "&")
      return .string(writer.text)
    default: return .string(try encoded(value, inQuery: false))
    }
  }

  /// The members of a dict as attributes of an HTML element.
  static let attributes: Filter = { value, arguments, renderer in
    let values = try arguments.bound("autospace", to: "xmlattr")
    guard case .dictionary(let table) = value else { throw Fault("xmlattr needs a dict") }
    var writer = TextWriter(renderer.work)
    for (key, value) in table.members where !value.isNone && !value.isUndefined {
      guard let name = key.text else { throw Fault("xmlattr needs strings as keys") }
      let isPlain = name.unicodeScalars.allSatisfy {
        !PythonText.isSpace($0) && $0 != "/" && $0 != ">" && $0 != "="
      }
      guard isPlain else { throw Fault("a key of xmlattr is no name of an attribute") }
      func escaped(_ value: Value) throws -> String {
        let text = try value.printed(renderer.work)
        try renderer.work.scan(text)
        return value.isMarkup ? text : PythonText.escapedHTML(text)
      }
      if !writer.text.isEmpty || values[0]?.isTrue ?? true { try writer.write(" ") }
      try writer.write("\(try escaped(key))=\"\(try escaped(value))\"")
    }
    return renderer.written(writer.text)
  }

  static func percentEncoded(_ text: String, inQuery: Bool) -> String {
    var output = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || (inQuery ? "_.-~" : "_.-~/").unicodeScalars.contains(scalar))
      if inQuery, scalar == " " {
        output += "+"
      } else if isPlain {
        output.unicodeScalars.append(scalar)
      } else {
        output += "%" + PythonText.hexadecimal(UInt32(byte), digits: 2).uppercased()
      }
    }
    return output
  }
}

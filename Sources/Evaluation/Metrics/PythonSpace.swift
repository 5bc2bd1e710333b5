/// White space as Python's `str` sees it, which the reference packages split words by.
enum PythonSpace {
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }

  /// The words of `text`, as `split()` gives them.
  static func words(of text: String) -> [String] {
    text.unicodeScalars.split(whereSeparator: isSpace).map { String($0) }
  }

  /// How many parts runs of white space cut `text` into, empty ones at the ends counted.
  static func pieces(of text: String) -> Int {
    var pieces = 1
    var wasSpace = false
    for scalar in text.unicodeScalars {
      let isSpace = isSpace(scalar)
      if isSpace, !wasSpace { pieces += 1 }
      wasSpace = isSpace
    }
    return pieces
  }

  /// `text` without white space at its ends, as `strip()` gives it.
  static func stripped(_ text: String) -> String {
    strippedEnd(String(String.UnicodeScalarView(text.unicodeScalars.drop(while: isSpace))))
  }

  /// `text` without white space at its end, as `rstrip()` gives it.
  static func strippedEnd(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return String(String.UnicodeScalarView(scalars))
  }
}

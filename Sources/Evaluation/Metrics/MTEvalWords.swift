/// Words by the rules of NIST's mteval-v13a, the usual ones for BLEU.
enum MTEvalWords {
  /// The words of `text`.
  static func words(of text: String) -> [String] {
    var text = PythonSpace.strippedEnd(text).replacing("<skipped>", with: "")
      .replacing("-\n", with: "").replacing("\n", with: " ")
    let entities = [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")]
    for (entity, character) in entities { text = text.replacing(entity, with: character) }
    return PythonSpace.words(of: spaced(" \(text) "))
  }

  /// The text with spaces around what is a word by itself: most punctuation, points and commas
  /// that no digit stands on both sides of, and dashes after digits.
  ///
  /// Each rule reads what the one before has written, and its matches do not overlap.
  private static func spaced(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    scalars = scalars.flatMap { isSymbol($0) ? [" ", $0, " "] : [$0] }
    scalars = pairs(scalars) { first, second in
      !isDigit(first) && isPoint(second) ? [first, " ", second, " "] : nil
    }
    scalars = pairs(scalars) { first, second in
      isPoint(first) && !isDigit(second) ? [" ", first, " ", second] : nil
    }
    scalars = pairs(scalars) { first, second in
      isDigit(first) && second == "-" ? [first, " ", second, " "] : nil
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private static func pairs(
    _ scalars: [Unicode.Scalar],
    _ rule: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var place = 0
    while place < scalars.count {
      if place + 1 < scalars.count, let written = rule(scalars[place], scalars[place + 1]) {
        result += written
        place += 2
      } else {
        result.append(scalars[place])
        place += 1
      }
    }
    return result
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

  /// ASCII's symbols but the apostrophe, comma, dash and point.
  private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }
}

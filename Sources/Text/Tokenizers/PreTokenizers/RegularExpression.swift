internal import Foundation

/// Any regular expression that has no scanner of its own, run by Foundation's engine (ICU).
///
/// Files are written for Oniguruma. ICU agrees with it on everything that was met but for the classes
/// and anchors that are put right here; CONTRIBUTING.md says why it was chosen. What stays different: a
/// dot that matches the ends of lines takes a carriage return and its line feed as one.
///
/// Expressions may take time without end, such as `(a+)+b`. The engine may take 10,000 steps a UTF-16
/// unit of a piece and fifty million more; then nothing more is matched in it, and its rest stays whole.
struct RegularExpression: Sendable {
  private let expression: NSRegularExpression

  /// The expression that `pattern` means to Oniguruma; nil when it has a fault, or something that only
  /// Oniguruma knows.
  ///
  /// - Parameter isLineWise: whether `^` and `$` stand at every line, as Oniguruma's do, or only at the
  ///   text's ends.
  init?(_ pattern: String, isLineWise: Bool = true) {
    // Only a line feed ends a line.
    let lines: NSRegularExpression.Options = isLineWise ? [.anchorsMatchLines] : []
    guard
      let expression = try? NSRegularExpression(
        pattern: Self.translated(pattern), options: lines.union(.useUnixLineSeparators))
    else { return nil }
    self.expression = expression
  }

  /// How often the engine may report progress in a piece, beside once a unit: it does so after 10,000
  /// steps, and where it looks for a match anew.
  private static let patience = 5000

  /// What Oniguruma takes for a part of a word in a set, and elsewhere.
  private static let wordInSet = set(CharacterClasses.wordRuns)
  private static let word = wordInSet + "²³¹¼-¾"
  /// `[:punct:]`, to which symbols belong.
  private static let punctuation = set(
    ["P", "S"].flatMap { GeneralCategories.runs(named: $0) ?? [] })
  private static let decimal = set(GeneralCategories.runs(named: "Nd") ?? [])

  /// What a class that ICU understands otherwise, or by another version of Unicode, is called there.
  private static let classes: [Unicode.Scalar: String] = [
    "s": #"\p{White_Space}"#, "S": #"\P{White_Space}"#,
    "h": "[0-9A-Fa-f]", "H": "[^0-9A-Fa-f]", "w": "[\(wordInSet)]",
    "W": "[^\(wordInSet)]", "d": "[\(decimal)]", "D": "[^\(decimal)]",
  ]

  /// What means something else in a set; ends of words ICU sees through joiners.
  private static let outsideSets: [Unicode.Scalar: String] = [
    "w": "[\(word)]", "W": "[^\(word)]",
    "b": "(?:(?<=[\(word)])(?![\(word)])|(?<![\(word)])(?=[\(word)]))",
    "B": "(?:(?<=[\(word)])(?=[\(word)])|(?<![\(word)])(?![\(word)]))",
  ]

  /// Ranges as they are written in a set.
  private static func set(_ runs: [ClosedRange<UInt32>]) -> String {
    runs.map { run in
      let first = "\\x{\(String(run.lowerBound, radix: 16))}"
      return run.count == 1 ? first : first + "-\\x{\(String(run.upperBound, radix: 16))}"
    }.joined()
  }

  /// The set that `\p{name}`, or with `isNegated` `\P{name}`, means; other properties are left to ICU.
  private static func property(_ name: Substring.UnicodeScalarView, isNegated: Bool) -> String {
    var (name, isNegated) = (String(name), isNegated)
    if name.first == "^" {
      name.removeFirst()
      isNegated.toggle()
    }
    if let runs = GeneralCategories.runs(named: name) {
      return "[\(isNegated ? "^" : "")\(set(runs))]"
    }
    return "\\\(isNegated ? "P" : "p"){\(name)}"
  }

  private static func translated(_ pattern: String) -> String {
    var translation = ExpressionTranslation(pattern)
    while let scalar = translation.rest.popFirst() {
      translation.endFlags(before: scalar)
      switch scalar {
      case "\\": escape(&translation)
      case "[" where translation.isInSet && translation.skip(":punct:]"):
        translation.add("[\(punctuation)]")
      case "[" where translation.isInSet && translation.skip(":^punct:]"):
        translation.add("[^\(punctuation)]")
      case "[": translation.openSet()
      case "]": translation.closeSet()
      case "{": translation.brace()
      case "}": translation.add("\\}")
      case "(": translation.openGroup()
      case ")": translation.closeGroup()
      default: translation.add(scalar)
      }
    }
    return translation.result
  }

  private static func escape(_ translation: inout ExpressionTranslation) {
    guard let escaped = translation.rest.popFirst() else { return translation.add("\\") }
    if escaped == "p" || escaped == "P", translation.rest.first == "{",
      let end = translation.rest.firstIndex(of: "}")
    {
      translation.add(
        property(translation.rest[..<end].dropFirst(), isNegated: escaped == "P"))
      translation.rest = translation.rest[end...].dropFirst()
    } else if escaped == "x" || escaped == "k" || escaped == "g", translation.rest.first == "{",
      let end = translation.rest.firstIndex(of: "}")
    {
      translation.add("\\\(escaped)\(String(translation.rest[...end]))")
      translation.rest = translation.rest[end...].dropFirst()
    } else {
      translation.add(
        (translation.isInSet ? nil : outsideSets[escaped]) ?? classes[escaped] ?? "\\\(escaped)")
    }
  }

  /// The matches in `range` of `text`, in order, empty ones among them; nothing outside is seen.
  func matches(_ text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Range<Int>] {
    let piece = String(decoding: text[range], as: UTF8.self)
    let units = NSRange(location: 0, length: piece.utf16.count)
    var (index, unit) = (range.lowerBound, 0)
    /// Goes on to where a UTF-16 unit lies in bytes.
    func byte(of wanted: Int) -> Int {
      while unit < wanted, index < range.upperBound {
        let length = utf8Length(lead: text[index])
        index += length
        unit += length == 4 ? 2 : 1
      }
      return index
    }
    var matches: [Range<Int>] = []
    var reports = 0
    expression.enumerateMatches(in: piece, options: .reportProgress, range: units) {
      match, _, stop in
      if let match {
        let start = byte(of: match.range.location)
        // As `tokenizers` looks on, an empty match right behind another is none.
        if match.range.length == 0, matches.last?.upperBound == start { return }
        matches.append(start..<byte(of: match.range.location + match.range.length))
      } else {
        reports += 1
        if reports > units.length + Self.patience { stop.pointee = true }
      }
    }
    return matches
  }
}

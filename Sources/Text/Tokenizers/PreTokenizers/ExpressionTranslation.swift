/// A regular expression on its way from Oniguruma's language to ICU's.
///
/// It knows where the last thing that can be repeated begins: `x{1,3}+` repeats a repetition in the one
/// language and is possessive in the other, so that `x{1,3}` must become a group.
struct ExpressionTranslation {
  /// What has not been read.
  var rest: Substring.UnicodeScalarView
  private var written: [Unicode.Scalar] = []
  /// Where the last part that can be repeated begins.
  private var part = 0
  /// Where the groups that are open begin.
  private var groups: [Int] = []
  /// How many sets are open, one in the other.
  private var depth = 0
  private var isInFlags = false
  /// Whether a group has just been opened, so that a question mark tells its kind.
  private var opensGroup = false

  init(_ pattern: String) { rest = pattern.unicodeScalars[...] }

  var result: String { String(String.UnicodeScalarView(written)) }
  var isInSet: Bool { depth > 0 }

  /// Passes over `text` when it comes next.
  mutating func skip(_ text: String) -> Bool {
    guard rest.starts(with: text.unicodeScalars) else { return false }
    rest = rest.dropFirst(text.unicodeScalars.count)
    return true
  }

  /// Adds something that can be repeated.
  mutating func add(_ text: String) {
    opensGroup = false
    if !isInSet { part = written.count }
    written += text.unicodeScalars
  }

  /// Adds a character as it is written.
  mutating func add(_ scalar: Unicode.Scalar) {
    if scalar == "?", opensGroup { isInFlags = true }
    opensGroup = false
    if !isInSet, !"?*+|".unicodeScalars.contains(scalar) { part = written.count }
    // The flag that lets a dot match a line's end.
    written.append(isInFlags && scalar == "m" ? "s" : scalar)
  }

  mutating func endFlags(before scalar: Unicode.Scalar) {
    if isInFlags { isInFlags = "imx-".unicodeScalars.contains(scalar) }
  }

  mutating func openSet() {
    opensGroup = false
    if !isInSet { part = written.count }
    depth += 1
    written.append("[")
  }

  mutating func closeSet() {
    if isInSet { depth -= 1 }
    written.append("]")
  }

  mutating func openGroup() {
    opensGroup = !isInSet
    if opensGroup { groups.append(written.count) }
    written.append("(")
  }

  mutating func closeGroup() {
    opensGroup = false
    if !isInSet, let start = groups.popLast() { part = start }
    written.append(")")
  }

  /// Reads what a brace begins: how often a part is repeated, or itself.
  mutating func brace() {
    guard !isInSet, let end = rest.firstIndex(of: "}"), let counts = Self.counts(rest[..<end])
    else { return add("\\{") }
    rest = rest[end...].dropFirst()
    written += "{\(counts)}".unicodeScalars
    let isFixed = !counts.contains(",")
    if rest.first == "+" || rest.first == "?" && isFixed {
      written.insert(contentsOf: "(?:".unicodeScalars, at: part)
      written.append(")")
    }
  }

  /// The text between the braces of a repetition, `,2` as `0,2`; nil for other texts.
  private static func counts(_ text: Substring.UnicodeScalarView) -> String? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }),
      parts.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } })
    else { return nil }
    return parts[0].isEmpty ? "0" + String(text) : String(text)
  }
}

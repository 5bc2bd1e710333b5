internal import AnnealFiles
internal import Foundation

/// A regular expression written for Python's `re`, as evaluation tasks have them.
///
/// ICU runs it, which reads such patterns alike but for named groups and `\Z`; those are rewritten.
public struct PythonPattern: Sendable {
  /// The pattern as it was given.
  public let pattern: String
  private let expression: NSRegularExpression

  /// The expression that `pattern` means.
  ///
  /// - Throws: `AnnealError` of kind `recipe` when it means none.
  public init(_ pattern: String) throws {
    self.pattern = pattern
    let translated = pattern.replacing("(?P<", with: "(?<").replacing("\\Z", with: "\\z")
    do {
      // Only a line feed ends a line, as in Python.
      expression = try NSRegularExpression(pattern: translated, options: .useUnixLineSeparators)
    } catch {
      throw AnnealError(
        .recipe, "'\(pattern)' is not a regular expression",
        remedy: "Check its brackets; a backslash stands for itself in single quotes only.")
    }
  }

  /// The matches in `text` from left to right: of each the groups, the whole match first; nil for a
  /// group that took no part.
  public func matches(in text: String) -> [[String?]] {
    let range = NSRange(text.startIndex..., in: text)
    return expression.matches(in: text, range: range).map { match in
      (0..<match.numberOfRanges).map { group in
        Range(match.range(at: group), in: text).map { String(text[$0]) }
      }
    }
  }

  /// Whether `text` has a match.
  public func isFound(in text: String) -> Bool { !matches(in: text).isEmpty }

  /// How many groups the pattern has.
  public var groups: Int { expression.numberOfCaptureGroups }

  /// `text` with every match replaced, in which `\1` and `\g<1>` stand for groups, as for `re.sub`.
  public func replacing(in text: String, with replacement: String) -> String {
    expression.stringByReplacingMatches(
      in: text, range: NSRange(text.startIndex..., in: text),
      withTemplate: Self.template(of: replacement))
  }

  /// Python's replacement text as ICU's.
  private static func template(of replacement: String) -> String {
    var template = ""
    var rest = replacement.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\", let next = rest.first else {
        template += scalar == "$" || scalar == "\\" ? "\\\(scalar)" : String(scalar)
        continue
      }
      rest.removeFirst()
      switch next {
      case "1"..."9": template += "$\(next)"
      case "g" where rest.first == "<":
        template += "$" + String(rest.dropFirst().prefix { $0 != ">" })
        rest = rest.drop { $0 != ">" }.dropFirst()
      case "n": template += "\n"
      case "t": template += "\t"
      default: template += "\\\(next)"
      }
    }
    return template
  }
}

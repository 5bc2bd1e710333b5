/// A regular expression that a text is searched for, in the dialect that tokenizers' patterns are in.
public struct TextPattern: Sendable {
  private let expression: RegularExpression

  /// The expression that `pattern` means; nil when it has a fault.
  public init?(_ pattern: String) {
    guard let expression = RegularExpression(pattern, isLineWise: false) else { return nil }
    self.expression = expression
  }

  /// Whether something in `text` matches.
  public func occurs(in text: String) -> Bool {
    var text = text
    return text.withUTF8 { !expression.matches($0, in: 0..<$0.count).isEmpty }
  }
}

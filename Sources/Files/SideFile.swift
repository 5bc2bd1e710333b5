/// A file that is written beside an output: `rows.changes.jsonl` beside `rows.jsonl`.
///
/// They belong to their output: in a folder of data they are no data of their own.
public enum SideFile: String, Sendable, CaseIterable {
  /// What was done to rows, so that it can be undone.
  case changes = "changes.jsonl"
  /// Rows that were not kept, with the reasons.
  case rejected = "rejected.jsonl"
  /// Rows that could not be used, with what is wrong.
  case skipped = "skipped.jsonl"
  /// Where the rows come from.
  case card = "card.json"
  /// Where the rows come from, in words.
  case cardText = "card.md"
  /// Answers of a stronger model.
  case replies = "replies.sqlite"

  /// The path of the file beside `output`.
  public func path(beside output: String) -> String { Self.stem(of: output) + "." + rawValue }

  /// `output` without the ending that its side files do without.
  public static func stem(of output: String) -> String {
    output.hasSuffix(".jsonl") ? String(output.dropLast(6)) : output
  }

  /// Whether the file `name` was written beside another one of a folder with the files `names`.
  public static func isOne(_ name: String, among names: Set<String>) -> Bool {
    allCases.contains { kind in
      guard name.hasSuffix("." + kind.rawValue) else { return false }
      let stem = String(name.dropLast(kind.rawValue.count + 1))
      return names.contains(stem + ".jsonl") || names.contains(stem)
    }
  }
}

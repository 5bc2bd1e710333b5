/// A text to go on from and how it goes on: `prompt`, `completion`.
///
/// No chat template is applied.
public enum PromptCompletion: DatasetFormat {
  /// `prompt-completion`.
  public static let name = "prompt-completion"
  /// `prompt` and `completion`.
  public static let fields: [FormatField] = [.required("prompt"), .required("completion")]

  /// A completion.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    return .completion(prompt: try row.text("prompt"), completion: try row.text("completion"))
  }
}

internal import AnnealFiles
internal import AnnealText

/// The preference rows of OpenAI's fine-tuning API: `input` with messages, and two outputs.
public enum OpenAIPreference: DatasetFormat {
  /// `openai-preference`.
  public static let name = "openai-preference"
  /// `input`, `preferred_output` and `non_preferred_output`.
  public static let fields: [FormatField] = [
    .required("input"), .required("preferred_output"), .required("non_preferred_output"),
  ]

  /// The prompt and its two answers.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    guard let input = row.fields["input"], input.object != nil else {
      throw row.mismatch("input", row.fields["input"], expected: "an object with messages")
    }
    let prompt = try Turns.messages(input["messages"], field: "input.messages", row)
    let tools = input["tools"].flatMap(\.unlessNull)
    return .preference(
      PreferencePair(
        prompt: Conversation(prompt, tools: tools),
        chosen: try Turns.messages(
          row.fields["preferred_output"], field: "preferred_output", row),
        rejected: try Turns.messages(
          row.fields["non_preferred_output"], field: "non_preferred_output", row)))
  }
}

internal import AnnealFiles
internal import AnnealText

/// A question with choices, as benchmarks write them: `question`, `choices`, and which is right.
///
/// Choices are a list of texts, or an object of `text` and `label` lists. The answer is a number from
/// 0, a label, or a choice itself; what is learned is its label.
public enum MultipleChoice: DatasetFormat {
  /// `multiple-choice`.
  public static let name = "multiple-choice"
  /// `question`, `choices` and `answer`, by any of their names.
  public static let fields: [FormatField] = [
    .required("question", or: "question_stem"), .required("choices", or: "options"),
    .required("answer", or: "answerKey"),
  ]

  /// A conversation: the question with its choices, a line each, and the label of the right one.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let question = try row.text("question", "question_stem")
    let choices = try choices(of: row)
    let lines = choices.map { "\($0.label). \($0.text)" }.joined(separator: "\n")
    let label = try answer(of: row, among: choices)
    return .conversation(Conversation([.user(question + "\n" + lines), .assistant(label)]))
  }

  private static func choices(of row: Row) throws -> [(label: String, text: String)] {
    let field = row.fields["choices"] == nil ? "options" : "choices"
    let value = row.fields[field]
    let texts = (value?["text"] ?? value)?.array
    guard let texts, texts.count > 1 else {
      throw row.mismatch(field, value, expected: "a list of texts, two at least")
    }
    let given = value?["label"]?.array
    return try texts.enumerated().map { index, text in
      guard let text = text.string else {
        throw row.mismatch("\(field)[\(index)]", text, expected: "a string")
      }
      return (given?[safe: index]?.string ?? letter(index), text)
    }
  }

  /// A, B, C…; numbers from 26 on.
  private static func letter(_ index: Int) -> String {
    let scalar = index < 26 ? Unicode.Scalar(65 + UInt8(index)) : nil
    return scalar.map { String(Character($0)) } ?? "\(index + 1)"
  }

  private static func answer(
    of row: Row, among choices: [(label: String, text: String)]
  ) throws -> String {
    let field = row.fields["answer"] == nil ? "answerKey" : "answer"
    let value = row.fields[field] ?? .null
    if let index = value.integer, choices.indices.contains(index) { return choices[index].label }
    if let text = value.string {
      if let choice = choices.first(where: { $0.label == text }) { return choice.label }
      if let choice = choices.first(where: { $0.text == text }) { return choice.label }
    }
    let labels = choices.map(\.label).joined(separator: ", ")
    throw AnnealError(
      .data,
      "'\(field)' is \(value.isNull ? "missing" : value.text()); it names none of the choices",
      at: row.place(field), remedy: "Expected is one of \(labels), or a number from 0.")
  }
}

extension Array {
  /// The element at `index`; nil outside.
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

public import AnnealFiles
internal import AnnealText

/// Requests of an evaluation, as its tools record them: `request` with `context` and `continuation`,
/// the continuation's number `idx`, and `label`, the number of the right one.
///
/// What is made of a row is an answer with a verdict: most continuations are wrong, and must not be
/// learned as answers.
public enum EvaluationRequests: DatasetFormat {
  /// `evaluation-requests`.
  public static let name = "evaluation-requests"
  /// `request`, `idx` and `label`.
  public static let fields: [FormatField] = [
    .required("request"), .required("idx"), .required("label"),
  ]

  /// Rows with a context and a continuation.
  public static func matches(_ fields: JSON) -> Bool {
    fields["request"]?["context"]?.string != nil
      && fields["request"]?["continuation"]?.string != nil && fields["idx"]?.integer != nil
      && fields["label"]?.integer != nil
  }

  /// The context and its continuation, which is wanted when it is the right one.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let number = try integer("idx", of: row)
    let right = try integer("label", of: row)
    let conversation = Conversation([
      .user(try text("context", of: row)), .assistant(try text("continuation", of: row)),
    ])
    return .feedback(Feedback(conversation, isDesirable: number == right))
  }

  private static func text(_ name: String, of row: Row) throws -> String {
    let value = row.fields["request"]?[name]
    guard let text = value?.string else {
      throw row.mismatch("request.\(name)", value, expected: "a string")
    }
    return text
  }

  private static func integer(_ name: String, of row: Row) throws -> Int {
    guard let number = row.fields[name]?.integer else {
      throw row.mismatch(name, row.fields[name], expected: "a whole number")
    }
    return number
  }
}

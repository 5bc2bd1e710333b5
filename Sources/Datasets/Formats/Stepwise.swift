internal import AnnealFiles

/// Solutions in steps, each right or wrong (arXiv 2305.20050): `prompt`, `completions`, `labels`.
public enum Stepwise: DatasetFormat {
  /// `stepwise`.
  public static let name = "stepwise"
  /// `prompt`, `completions` and `labels`.
  public static let fields: [FormatField] = [
    .required("prompt"), .required("completions"), .required("labels"),
  ]
  /// What other tools call it.
  public static let aliases = ["stepwise_supervised", "stepwise-supervision", "prm"]

  /// The problem, its steps and the verdicts.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let prompt = try row.text("prompt")
    let steps = try list("completions", of: row, expected: "a string") { $0.string }
    let labels = try list("labels", of: row, expected: "true or false") { $0.bool }
    guard steps.count == labels.count else {
      throw AnnealError(
        .data, "there are \(steps.count) completions, but \(labels.count) labels",
        at: row.place("labels"), remedy: "Every step needs one label.")
    }
    return .steps(JudgedSteps(prompt: prompt, steps: steps, labels: labels))
  }

  private static func list<Element>(
    _ field: String, of row: Row, expected: String, _ read: (JSON) -> Element?
  ) throws -> [Element] {
    guard let values = row.fields[field]?.array, !values.isEmpty else {
      throw row.mismatch(field, row.fields[field], expected: "a list, one element at least")
    }
    return try values.enumerated().map { index, value in
      guard let element = read(value) else {
        throw row.mismatch("\(field)[\(index)]", value, expected: expected)
      }
      return element
    }
  }
}

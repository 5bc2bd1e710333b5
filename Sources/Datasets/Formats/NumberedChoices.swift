internal import AnnealFiles
internal import AnnealText

/// A text with choices that have a column each, as PIQA, COPA and WinoGrande write them: `choice1`,
/// `choice2`… and which is right.
///
/// The answer is a number: from 0, or, where the columns are `option1`…, from 1 as WinoGrande has it; or
/// it is a choice's letter or its text. What is learned is the letter. The `question` of a premise, if
/// there is one, stands after it.
public enum NumberedChoices: DatasetFormat {
  /// `numbered-choices`.
  public static let name = "numbered-choices"
  /// A text, its choices and `label`, by any of their names.
  public static let fields: [FormatField] = [
    .required("premise", or: "goal", "sentence", "question"),
    .required("choice1", or: "sol1", "option1"), .required("choice2", or: "sol2", "option2"),
    .optional("choice3", or: "sol3", "option3"), .optional("choice4", or: "sol4", "option4"),
    .optional("choice5", or: "sol5", "option5"), .optional("choice6", or: "sol6", "option6"),
    .optional("choice7", or: "sol7", "option7"), .optional("choice8", or: "sol8", "option8"),
    .required("label", or: "answer"),
  ]

  /// A conversation: the text with its choices, a line each, and the letter of the right one.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let choices = try choices(of: row)
    // A table has texts alone, so the columns tell what a number means, and not its type.
    let first = row.fields["option1"] == nil ? 0 : 1
    let lines = [try text(of: row)] + choices.enumerated().map { "\(letter($0)). \($1)" }
    return .conversation(
      Conversation([
        .user(lines.joined(separator: "\n")),
        .assistant(letter(try answer(of: row, among: choices, from: first))),
      ]))
  }

  private static func text(of row: Row) throws -> String {
    guard let premise = try row.optionalText("premise", "goal", "sentence") else {
      return try row.text("question")
    }
    switch try row.optionalText("question") {
    case nil, "": return premise
    // COPA has the two words in place of the questions.
    case "cause": return premise + "\nWhat was the cause?"
    case "effect": return premise + "\nWhat happened as a result?"
    case let question?: return premise + "\n" + question
    }
  }

  private static func choices(of row: Row) throws -> [String] {
    let columns = fields.filter { $0.name.hasPrefix("choice") }
    var choices: [String] = []
    for column in columns {
      guard let name = column.names.first(where: { row.fields[$0] != nil }) else { break }
      if !column.isRequired, row.fields[name]?.isNull == true { break }
      choices.append(try row.text(name))
    }
    guard !["choice9", "sol9", "option9"].contains(where: { row.fields[$0] != nil }) else {
      throw AnnealError(
        .data, "the row has more than 8 choices", at: row.place("choice9"),
        remedy: "Write them as a list: choices: […], with question and answer.")
    }
    guard choices.count > 1 else {
      throw AnnealError(
        .data, "the row has one choice; two at least are expected", at: row.place("choice2"))
    }
    return choices
  }

  private static func answer(
    of row: Row, among choices: [String], from first: Int
  ) throws -> Int {
    let field = row.fields["label"] == nil ? "answer" : "label"
    let value = row.fields[field] ?? .null
    let words = value.string ?? ""
    let index =
      (value.integer ?? Int(words)).map { $0 &- first } ?? choices.firstIndex(of: words)
      ?? choices.indices.first { letter($0) == words }
    guard let index, choices.indices.contains(index) else {
      throw AnnealError(
        .data,
        "'\(field)' is \(value.isNull ? "missing" : value.text()); it names none of the \(choices.count) choices",
        at: row.place(field),
        remedy:
          "Expected is a number from \(first) to \(choices.count - 1 + first), a letter or a choice."
      )
    }
    return index
  }

  private static func letter(_ index: Int) -> String {
    String(Character(Unicode.Scalar(65 + UInt8(clamping: index))))
  }
}

internal import AnnealFiles

/// Leaves out rows whose answer is empty; tells of answers that decline or hold a place, and of
/// conversations whose turns teach something else than was meant.
public struct EmptyAnswers: CleaningStage, RowJudge {
  /// `empty-answers`.
  public static let name = "empty-answers"
  /// What it does.
  public static let summary =
    "Leaves out rows without an answer; flags refusals, placeholders, empty prompts and odd turns."
  /// What is done with each kind of row.
  public static let settings =
    [
      StageSetting(
        "refusals", "flag", "What is done with answers that decline.", choices: choices),
      StageSetting(
        "longest_refusal", 60, "Words beyond which an answer that begins like a refusal is none."),
      StageSetting(
        "placeholders", "flag", "What is done with answers such as N/A, null and TODO.",
        choices: choices),
      StageSetting(
        "prompts", "flag", "What is done with rows whose prompt is empty.", choices: choices),
      StageSetting(
        "turns", "flag",
        "What is done with conversations that end with the user's turn, have two of them one after "
          + "another or an empty answer, and with pairs of equal answers.", choices: choices),
    ]
  private static let choices = ["keep", "flag", "drop"]

  private let refusals: String
  private let longest: Int
  private let placeholders: String
  private let prompts: String
  private let turns: String

  /// A stage with `settings`.
  public init(_ settings: StageSettings) {
    refusals = settings.text("refusals")
    longest = settings.integer("longest_refusal") ?? 0
    placeholders = settings.text("placeholders")
    prompts = settings.text("prompts")
    turns = settings.text("turns")
  }

  /// A drop for nothing to learn, and what the settings say for what may be meant.
  public func verdict(on row: CleaningRow, at index: Int) -> RowVerdict {
    // A class may be called null or N/A.
    if let label = row.label { return Self.isBlank(label) ? .drop("the label is empty") : .keep }
    guard let record = row.record else { return Self.verdict(onTexts: row.texts) }
    let remarks = record.remarks
    var found: [(action: String, finding: Finding)] = []
    if let answer = record.exchange?.answer {
      if Self.isBlank(answer) { return .drop("the answer is empty") }
      if Self.isPlaceholder(answer) {
        found.append((placeholders, Finding("the answer is a placeholder", row.quoted(answer))))
      } else if Refusals.declines(answer, longest: longest) {
        found.append((refusals, Finding("the answer declines", row.quoted(answer))))
      }
    } else if remarks.isEmpty {
      return Self.verdict(onTexts: row.texts)
    }
    if remarks.contains(.emptyPrompt) {
      found.append((prompts, Finding(RowRemark.Kind.emptyPrompt.rawValue)))
    }
    for kind in RowRemark.Kind.allCases where kind != .emptyPrompt && remarks.contains(kind) {
      found.append((turns, Finding(kind.rawValue)))
    }
    if let drop = found.first(where: { $0.action == "drop" }) { return .drop(drop.finding) }
    return found.first { $0.action == "flag" }.map { .flag($0.finding) } ?? .keep
  }

  private static func verdict(onTexts texts: [String]) -> RowVerdict {
    texts.allSatisfy { isBlank($0) || isPlaceholder($0) } ? .drop("the row is empty") : .keep
  }

  private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

  private static func isPlaceholder(_ text: String) -> Bool {
    // None is longer, with room for white space around.
    guard text.utf8.count <= 64 else { return false }
    return holders.contains(text.lowercased().filter { !$0.isWhitespace })
  }

  /// What exports write where there is nothing; "none" and "-" may be answers.
  private static let holders: Set = ["n/a", "null", "nan", "undefined", "tbd", "todo", "..."]

  /// Whether `answer`, of at most `longest` words, begins as assistants decline.
  static func declines(_ answer: String, longest: Int = 60) -> Bool {
    Refusals.declines(answer, longest: longest)
  }
}

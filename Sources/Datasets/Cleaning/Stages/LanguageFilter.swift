internal import AnnealFiles

/// Leaves out rows that are not in the languages wanted.
public struct LanguageFilter: CleaningStage, RowJudge {
  /// `languages`.
  public static let name = "languages"
  /// What it does.
  public static let summary = "Leaves out rows in other languages than those named."
  /// The languages, and what is done with rows of no known one.
  public static let settings = [
    StageSetting(
      "languages", [], "The languages to keep, as ISO 639-1 codes with commas between.",
      choices: LanguageIdentifier.languages),
    StageSetting(
      "unknown", "keep", "Rows too short or of no known language.", choices: ["keep", "drop"]),
    StageSetting("action", "drop", "What is done with the rows found.", choices: ["drop", "flag"]),
  ]

  private let wanted: Set<String>
  private let keepsUnknown: Bool
  private let action: StageAction

  /// A stage with `settings`.
  public init(_ settings: StageSettings) throws {
    wanted = Set(settings.texts("languages"))
    keepsUnknown = settings.text("unknown") == "keep"
    action = settings.action
    guard !wanted.isEmpty else {
      throw settings.failure("languages", expected: "languages to keep, such as en,de")
    }
  }

  /// A drop for another language.
  public func verdict(on row: CleaningRow, at index: Int) -> RowVerdict {
    guard let language = LanguageIdentifier.language(of: row.text) else {
      return keepsUnknown ? .keep : action.verdict("the language is not known")
    }
    return wanted.contains(language) ? .keep : action.verdict(Finding("is in '\(language)'"))
  }
}

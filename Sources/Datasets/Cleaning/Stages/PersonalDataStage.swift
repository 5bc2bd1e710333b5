internal import AnnealFiles

/// Finds personal data and secrets: e-mail addresses, telephone, card and account numbers, internet
/// addresses and keys.
public struct PersonalDataStage: CleaningStage, RowJudge {
  /// `personal-data`.
  public static let name = "personal-data"
  /// What it does.
  public static let summary =
    "Flags, masks or drops rows with addresses, numbers and keys of people."
  /// The kinds, and what is done.
  public static let settings = [
    StageSetting(
      "kinds", .array(PersonalData.kinds.map { .string($0) }), "What is looked for.",
      choices: PersonalData.kinds),
    StageSetting(
      "action", "flag", "What is done with the rows found; mask writes [EMAIL] and the like.",
      choices: ["flag", "mask", "drop"]),
  ]

  private let detectors: [any PersonalDetector.Type]
  private let action: StageAction

  /// A stage with `settings`.
  public init(_ settings: StageSettings) {
    let kinds = settings.texts("kinds")
    detectors = PersonalData.detectors.filter { kinds.contains($0.kind) }
    action = settings.action
  }

  /// A verdict on rows that hold any.
  public func verdict(on row: CleaningRow, at index: Int) -> RowVerdict {
    var counts: [String: Int] = [:]
    for text in row.texts {
      for match in PersonalData.matches(in: ByteText(text), detectors) {
        counts[match.kind, default: 0] += 1
      }
    }
    guard !counts.isEmpty else { return .keep }
    let kinds = detectors.map { $0.kind }.filter { counts[$0] != nil }
    let finding = Finding(
      "holds " + kinds.joined(separator: ", "),
      kinds.map { "\($0) \(counts[$0] ?? 0)" }.joined(separator: ", "))
    return action.verdict(
      finding, masked: row.changing { PersonalData.masked($0, self.detectors) })
  }
}

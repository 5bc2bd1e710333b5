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
    var found: [(kind: String, detail: String)] = []
    for (text, name) in row.namedTexts {
      let bytes = ByteText(text)
      for match in PersonalData.matches(in: bytes, detectors) {
        let words = String(decoding: bytes.bytes[match.range], as: UTF8.self)
        found.append((match.kind, "\(match.kind) \(CleaningRow.cut(words)) in '\(name)'"))
      }
    }
    guard !found.isEmpty else { return .keep }
    let kinds = detectors.map { $0.kind }.filter { kind in found.contains { $0.kind == kind } }
    let unique = kinds.enumerated().filter { !kinds[..<$0.offset].contains($0.element) }
    let more = found.count - Self.mostShown
    let finding = Finding(
      "holds " + unique.map(\.element).joined(separator: ", "),
      found.prefix(Self.mostShown).map(\.detail).joined(separator: ", ")
        + (more > 0 ? ", and \(more) more" : ""))
    return action.verdict(
      finding, masked: row.changing { PersonalData.masked($0, self.detectors) })
  }

  /// Findings of a row that are told word for word, at most.
  private static let mostShown = 10
}

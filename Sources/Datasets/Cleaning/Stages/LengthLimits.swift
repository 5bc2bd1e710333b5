internal import AnnealFiles
internal import AnnealText

/// Leaves out rows that are too short or too long, in characters, words or tokens.
public struct LengthLimits: CleaningStage, RowJudge {
  /// `length`.
  public static let name = "length"
  /// What it does.
  public static let summary = "Leaves out rows outside limits of characters, words or tokens."
  /// The limits.
  public static let settings = [
    StageSetting("min_characters", nil, "The fewest characters."),
    StageSetting("max_characters", nil, "The most characters."),
    StageSetting("min_words", nil, "The fewest words."),
    StageSetting("max_words", nil, "The most words."),
    StageSetting("min_tokens", nil, "The fewest tokens, of the tokenizer given."),
    StageSetting("max_tokens", nil, "The most tokens, of the tokenizer given."),
    StageSetting(
      "of", "row", "What is measured: the whole row, the prompt or the answer.",
      choices: ["row", "prompt", "answer"]),
  ]

  /// A unit of length with its limits.
  private struct Limit {
    var unit: String
    var least: Int?
    var most: Int?
    var length: @Sendable (String) -> Int
  }

  private let limits: [Limit]
  private let part: String

  /// A stage with `settings`.
  public init(_ settings: StageSettings) throws {
    part = settings.text("of")
    let tokenizer = settings.tokenizer
    let units: [(String, @Sendable (String) -> Int)] = [
      ("characters", { $0.count }), ("words", { TextWords($0).hashes.count }),
      ("tokens", { tokenizer?.encode($0, addSpecialTokens: false).count ?? 0 }),
    ]
    limits = try units.compactMap { unit, length in
      let (least, most) = (settings.integer("min_" + unit), settings.integer("max_" + unit))
      guard least != nil || most != nil else { return nil }
      if let least, let most, least > most {
        throw settings.failure("min_" + unit, expected: "at most max_\(unit), \(most)")
      }
      guard unit != "tokens" || tokenizer != nil else {
        throw settings.failure(
          least == nil ? "max_tokens" : "min_tokens",
          expected: "a tokenizer to count with: --model DIR or --tokenizer FILE")
      }
      return Limit(unit: unit, least: least, most: most, length: length)
    }
    guard !limits.isEmpty else {
      throw settings.failure("max_characters", expected: "one limit at least, as the stage is run")
    }
  }

  /// A drop outside a limit.
  public func verdict(on row: CleaningRow, at index: Int) -> RowVerdict {
    guard let text = measured(row) else { return .keep }
    for limit in limits {
      let length = limit.length(text)
      if let least = limit.least, length < least {
        return .drop(Finding("has fewer than \(least) \(limit.unit)", "\(length) \(limit.unit)"))
      }
      if let most = limit.most, length > most {
        return .drop(Finding("has more than \(most) \(limit.unit)", "\(length) \(limit.unit)"))
      }
    }
    return .keep
  }

  private func measured(_ row: CleaningRow) -> String? {
    switch part {
    case "prompt": row.exchange?.prompt
    case "answer": row.exchange?.answer
    default: row.text
    }
  }
}

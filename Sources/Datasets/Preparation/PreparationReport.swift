public import AnnealFiles
internal import OrderedCollections

/// What became of the rows before training: nothing is dropped or cut without a line here.
public struct PreparationReport: Sendable {
  /// Why a row was left out.
  public enum Reason: String, Sendable, CaseIterable {
    /// There is no token.
    case empty = "empty"
    /// No token is marked to be learned.
    case nothingToLearn = "nothing to learn"
    /// Every token to be learned lies beyond the length limit.
    case cutAway = "nothing to learn within max_length"
    /// The chat template or the tokenizer refused the row.
    case refused = "could not be encoded"
    /// The row could not be read, or is no record of its file's format.
    case unusable = "could not be used"
  }

  /// Rows left out for one reason.
  public struct Dropped: Sendable {
    /// How many.
    public var count = 0
    /// Where the first few stand.
    public var places: [AnnealError.Place] = []
    /// What was said about the first.
    public var detail: String?
  }

  /// Rows read.
  public internal(set) var rows = 0
  /// Rows kept.
  public private(set) var keptRows = 0
  /// Kept rows that lost their end.
  public private(set) var truncated = 0
  /// Rows that say the same as an earlier one.
  public internal(set) var duplicates = 0
  /// Kept rows whose turns are learned one by one, for the chat template writes turns differently once
  /// others follow.
  public private(set) var turnByTurnRows = 0
  /// The examples of those rows, each with one turn to learn.
  public private(set) var turnByTurnExamples = 0
  /// Kept rows with an answer that is learned without all that ends its prompt, for the chat template
  /// does not begin the answer with it.
  public private(set) var openingRows = 0
  /// Kept rows that the chat template wrote.
  public private(set) var templatedRows = 0
  /// Examples made: rows, turns of rows, or windows of documents.
  public private(set) var examples = 0
  /// Tokens of all examples.
  public private(set) var tokens = 0
  /// Tokens that bear loss.
  public private(set) var trainedTokens = 0
  /// The longest example, tokens.
  public private(set) var longest = 0
  /// Where the longest example stands.
  public private(set) var longestPlace: AnnealError.Place?
  /// Rows left out, by reason.
  public private(set) var dropped: [Reason: Dropped] = [:]
  /// Lengths of the examples, tokens.
  public private(set) var lengths = Histogram()
  /// Loss-bearing tokens of the examples.
  public private(set) var trainedLengths = Histogram()
  /// Rows that could not be encoded, each with what was said about it.
  public private(set) var refusals: [AnnealError] = []
  /// Where the first few rows that lost their end stand.
  public private(set) var truncatedPlaces: [AnnealError.Place] = []
  /// The length limit, tokens.
  public let maxLength: Int
  /// What the examples are for.
  private let stage: PreparationSettings.Stage

  private static let placesShown = 5

  init(_ settings: PreparationSettings) {
    (maxLength, stage) = (settings.maxLength, settings.stage)
  }

  /// Rows left out.
  public var droppedRows: Int { dropped.values.reduce(0) { $0 + $1.count } }

  mutating func keep(_ example: Example) {
    keep(
      length: example.ids.count, trained: example.trainedTokens, isTruncated: example.isTruncated,
      at: example.source)
  }

  /// Counts an example of `length` tokens.
  mutating func keep(length: Int, trained: Int, isTruncated: Bool, at place: AnnealError.Place) {
    examples += 1
    tokens += length
    trainedTokens += trained
    lengths.add(length)
    trainedLengths.add(trained)
    if length > longest { (longest, longestPlace) = (length, place) }
    // Further turns of a row, or windows of a document, stand at the same place.
    if isTruncated, truncatedPlaces.count < Self.placesShown, truncatedPlaces.last != place {
      truncatedPlaces.append(place)
    }
  }

  /// Counts a row of which so many examples were made.
  mutating func keepRow(isTruncated: Bool, _ traits: RowTraits, examples: Int) {
    keptRows += 1
    if isTruncated { truncated += 1 }
    if traits.contains(.turnByTurn) {
      turnByTurnRows += 1
      turnByTurnExamples += examples
    }
    if traits.contains(.leavesOutOpening) { openingRows += 1 }
    if traits.contains(.isTemplated) { templatedRows += 1 }
  }

  mutating func drop(_ reason: Reason, at place: AnnealError.Place, detail: String?) {
    if reason == .refused { refusals.append(AnnealError(.data, detail ?? "", at: place)) }
    var rows = dropped[reason] ?? Dropped()
    rows.count += 1
    if rows.places.count < Self.placesShown { rows.places.append(place) }
    if rows.detail == nil { rows.detail = detail }
    dropped[reason] = rows
  }

  /// Counts rows that were left out before there was a record of them.
  public mutating func add(_ bad: BadRows) {
    guard bad.count > 0 else { return }
    rows += bad.count
    var unusable = dropped[.unusable] ?? Dropped()
    unusable.count += bad.count
    unusable.places += bad.first.compactMap(\.place).prefix(Self.placesShown)
    unusable.detail = unusable.detail ?? bad.first.first?.message
    dropped[.unusable] = unusable
  }

  /// The report with the files of its places renamed, as for a report that is passed on.
  public func portable(_ rename: (String) -> String) -> PreparationReport {
    func renamed(_ place: AnnealError.Place) -> AnnealError.Place {
      var place = place
      place.file = rename(place.file)
      return place
    }
    var report = self
    report.longestPlace = longestPlace.map(renamed)
    report.truncatedPlaces = truncatedPlaces.map(renamed)
    for (reason, rows) in dropped { report.dropped[reason]?.places = rows.places.map(renamed) }
    return report
  }

  /// The report of a part of the examples: what was read and dropped stays as it is.
  public func counting(_ part: [Example]) -> PreparationReport {
    var report = self
    report.clearExamples()
    for example in part { report.keep(example) }
    return report
  }

  mutating func clearExamples() {
    (examples, tokens, trainedTokens, longest, longestPlace) = (0, 0, 0, 0, nil)
    (lengths, trainedLengths, truncatedPlaces) = (Histogram(), Histogram(), [])
  }

  /// Refuses data of which most teaches nothing: a run would look fine and learn little.
  ///
  /// - Parameter remedy: what to advise; by default a look at the rows.
  /// - Throws: `AnnealError` with the reasons when no row, or less than the share `least` (0…1), is
  ///   left.
  public func check(least: Double = 0.5, remedy: String? = nil) throws {
    guard rows > 0 else { throw AnnealError(.data, "there are no rows") }
    guard keptRows == 0 || Double(keptRows) < least * Double(rows) else { return }
    throw AnnealError(
      .data,
      "only \(keptRows) of \(rows) rows can be learned from; \(reasons.joined(separator: "; "))",
      at: reasonsInOrder.first?.1.places.first,
      remedy: remedy
        ?? "Look at them with `anneal data preview`; raise max_length, or check the roles and "
        + "the chat template.")
  }

  /// Why rows were left out and how many, the most frequent first.
  public var reasons: [String] {
    reasonsInOrder.map { reason, rows in
      "\(reason.rawValue): \(rows.count)" + (rows.detail.map { " (first: \($0))" } ?? "")
    }
  }

  private var reasonsInOrder: [(Reason, Dropped)] {
    Reason.allCases.compactMap { reason in dropped[reason].map { (reason, $0) } }
      .sorted { $0.1.count > $1.1.count }
  }
}

extension PreparationReport {
  /// What is told of rows that are encoded otherwise than as one text with all turns: a sentence each.
  public var encodingNotes: [String] { encodings.map { "\($0): \($1)" } }

  private var encodings: [(name: String, what: String)] {
    var notes: [(name: String, what: String)] = []
    if turnByTurnRows > 0 {
      notes.append(
        (
          "by turns",
          "\(grouped(turnByTurnRows, of: "row")) as \(grouped(turnByTurnExamples, of: "example")), one for "
            + "each learned turn: the chat template writes earlier turns differently once others "
            + "follow"
        ))
    }
    if openingRows > 0 {
      notes.append(
        (
          "openings",
          "\(grouped(openingRows, of: "row")) with answers that the chat template does not begin as it "
            + "ends a prompt (such as with <think>): learned from where they part"
        ))
    }
    return notes
  }
}

extension PreparationReport: CustomStringConvertible {
  /// The report for a terminal, a fact a line.
  public var description: String {
    var lines = [
      "rows        \(grouped(rows)) read · \(grouped(keptRows)) kept · "
        + "\(grouped(truncated)) truncated · \(grouped(droppedRows)) dropped",
      "tokens      \(grouped(tokens)) · \(grouped(trainedTokens)) trained "
        + "(\(percent(trainedTokens, of: tokens)))",
    ]
    if examples != keptRows {
      let name = stage == .pretraining ? "windows     " : "examples    "
      lines.append(name + grouped(examples))
    }
    for (name, what) in encodings {
      lines.append(name + String(repeating: " ", count: max(1, 12 - name.count)) + what)
    }
    if let longestPlace {
      lines.append("longest     \(grouped(longest)) tokens (\(longestPlace))")
    }
    if duplicates > 0 {
      lines.append("duplicates  \(grouped(duplicates)) rows say the same as an earlier one")
    }
    if truncated > 0 {
      lines.append(
        "truncated   to \(grouped(maxLength)) tokens: \(Self.listed(truncatedPlaces, truncated))")
    }
    for (reason, rows) in reasonsInOrder {
      lines.append(
        "dropped     \(reason.rawValue): \(grouped(rows.count)) "
          + "(\(Self.listed(rows.places, rows.count)))")
      if let detail = rows.detail { lines.append("            first: \(detail)") }
    }
    if examples > 0 {
      lines += ["", "tokens an example"] + lengths.lines()
      lines += ["", "trained tokens an example"] + trainedLengths.lines()
    }
    return lines.joined(separator: "\n")
  }

  private static func listed(_ places: [AnnealError.Place], _ count: Int) -> String {
    places.map(\.description).joined(separator: ", ") + (count > places.count ? ", …" : "")
  }

  /// The report as JSON.
  public var json: JSON {
    let reasons = reasonsInOrder.map { reason, rows -> (String, JSON) in
      var facts: JSON = [
        "rows": .integer(rows.count),
        "first": .array(rows.places.map { .string($0.description) }),
      ]
      if let detail = rows.detail, var members = facts.object {
        members["detail"] = .string(detail)
        facts = .object(members)
      }
      return (reason.rawValue, facts)
    }
    return [
      "rows": .integer(rows), "kept": .integer(keptRows), "truncated": .integer(truncated),
      "dropped": .integer(droppedRows),
      "dropped_by_reason": .object(OrderedDictionary(uniqueKeysWithValues: reasons)),
      "duplicates": .integer(duplicates), "examples": .integer(examples),
      "turn_by_turn": [
        "rows": .integer(turnByTurnRows), "examples": .integer(turnByTurnExamples),
      ],
      "openings_left_out": .integer(openingRows),
      "tokens": .integer(tokens), "trained_tokens": .integer(trainedTokens),
      "longest": .integer(longest),
      "longest_at": longestPlace.map { .string($0.description) } ?? .null,
      "max_length": .integer(maxLength), "lengths": lengths.json,
      "trained_lengths": trainedLengths.json,
    ]
  }
}

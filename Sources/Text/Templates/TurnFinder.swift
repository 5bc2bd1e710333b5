internal import AnnealFiles

/// The beginning of a conversation, or all of it, as its template writes it, and where its turns lie
/// in the text.
struct TurnFinder {
  /// A part of the text, in UTF-8 offsets, and the message that says it.
  struct Turn: Equatable {
    var message: Int
    var range: Range<Int>
    /// Whether the template itself marked the part.
    var isMarked = false
    /// Whether it begins in the middle of what ends a prompt.
    var leavesOutOpening = false
  }

  let text: String
  private let marked: [Range<Int>]
  private let beginnings: Beginnings
  private let messages: ArraySlice<Message>
  private let addGenerationPrompt: Bool
  /// The assistant's messages.
  private let answers: [Int]
  /// Where the assistant takes over for each of its messages, where the template writes what goes
  /// before as it does for a prompt.
  private let takeovers: [Int: Beginnings.Takeover]

  /// - Parameter count: how many messages; nil for all.
  init(_ beginnings: Beginnings, count: Int? = nil, addGenerationPrompt: Bool) throws {
    self.beginnings = beginnings
    let messages = beginnings.messages.prefix(count ?? beginnings.messages.count)
    self.messages = messages
    self.addGenerationPrompt = addGenerationPrompt
    let whole = try beginnings.rendering(messages.count, addGenerationPrompt: addGenerationPrompt)
    text = whole.text
    marked = whole.generated
    let answers = messages.indices.filter { messages[$0].role == "assistant" }
    self.answers = answers
    takeovers = Self.takeovers(answers, marked: whole.generated) { index in
      beginnings.takeover(of: index, in: whole.text)
    }
  }

  /// Writing a conversation up to each turn takes its length squared, so it is not done where marks
  /// tell: when the first and the last of them begin at a takeover, all do.
  private static func takeovers(
    _ answers: [Int], marked: [Range<Int>], find: (Int) -> Beginnings.Takeover?
  ) -> [Int: Beginnings.Takeover] {
    var places: [Int: Beginnings.Takeover] = [:]
    let edges = Set([answers.first, answers.last].compactMap { $0 })
    for index in edges { places[index] = find(index) }
    if marked.count == answers.count, let first = answers.first, let last = answers.last,
      places[first]?.place == marked.first?.lowerBound,
      places[last]?.place == marked.last?.lowerBound
    {
      for (index, mark) in zip(answers, marked) {
        places[index] = .init(place: mark.lowerBound, continuesPrompt: true)
      }
    } else {
      for index in answers where !edges.contains(index) { places[index] = find(index) }
    }
    return places
  }

  var template: ChatTemplate { beginnings.template }
  var endsWithAnswer: Bool { messages.last?.role == "assistant" }
  var lastMessage: Int { messages.count - 1 }

  /// The parts to learn; nil for the whole text.
  ///
  /// - Throws: `AnnealError` when a turn is not found, for the template writes it differently once
  ///   others follow.
  func turns(_ training: TrainingMask) throws -> [Turn]? {
    try training.turns(of: Array(messages)).map { try turns(of: $0) }
  }

  /// The parts of the text that the messages at these places say.
  func turns(of chosen: [Int]) throws -> [Turn] {
    try markedTurns(chosen) ?? chosen.map { try turn($0) }
  }

  /// Where the assistant takes over, in Unicode scalars, ascending: the places at which the ids of
  /// what comes before must stand on their own.
  func boundaries() -> [Int] {
    var places = takeovers.mapValues(\.place)
    for turn in markedTurns(answers) ?? [] where places[turn.message] == nil {
      places[turn.message] = turn.range.lowerBound
    }
    return scalarOffsets(of: Set(places.values).sorted())
  }

  // MARK: Turns that the template marks

  /// The marked part of each chosen message, when the marks can be told apart: one for each of the
  /// assistant's messages.
  private func markedTurns(_ chosen: [Int]) -> [Turn]? {
    guard marked.count == answers.count, !marked.isEmpty,
      chosen.allSatisfy({ messages[$0].role == "assistant" })
    else { return nil }
    let chosen = Set(chosen)
    return zip(answers, marked).filter { chosen.contains($0.0) }
      .map { Turn(message: $0.0, range: $0.1, isMarked: true) }
  }

  // MARK: Turns found by writing the conversation up to them

  private func turn(_ index: Int) throws -> Turn {
    let isAnswer = messages[index].role == "assistant"
    let takeover = takeovers[index]
    let before =
      try takeover?.place ?? beginning(upTo: index, addGenerationPrompt: isAnswer, of: index)
    let isLast = index == lastMessage && !addGenerationPrompt
    let through =
      isLast
      ? text.utf8.count : try beginning(upTo: index + 1, addGenerationPrompt: false, of: index)
    guard before <= through else { throw changed(index) }
    return Turn(
      message: index, range: before..<through,
      leavesOutOpening: takeover.map { !$0.continuesPrompt } ?? false)
  }

  /// The length of the text of the first `count` messages, which must begin the whole text.
  private func beginning(
    upTo count: Int, addGenerationPrompt: Bool, of index: Int
  ) throws -> Int {
    // Many templates write no text at all for no messages, or refuse to.
    if count == 0, !addGenerationPrompt { return 0 }
    let part: String
    do {
      part = try beginnings.text(count, addGenerationPrompt: addGenerationPrompt)
    } catch {
      throw AnnealError(
        .data, "the chat template cannot write the conversation up to messages[\(index)]",
        at: .init(file: template.name, field: "messages[\(index)]"),
        remedy: Self.remedy, cause: error)
    }
    guard text.utf8Begins(with: part) else { throw changed(index) }
    return part.utf8.count
  }

  private func changed(_ index: Int) -> AnnealError {
    let turn = "messages[\(index)] (\(messages[index].role))"
    // Nothing follows the last turn, so it is its own beginning that does not fit the prompt.
    let what =
      index == lastMessage && !addGenerationPrompt
      ? "writes the conversation before \(turn) differently once that follows"
      : "writes \(turn) differently once others follow"
    return AnnealError(
      .data, "the chat template \(what), so what is learned would not be what is served",
      at: .init(file: template.name, field: "messages[\(index)]"),
      remedy: Self.remedy)
  }

  private static let remedy =
    "Give a template with {% generation %} blocks, or learn all of the text (train_on_inputs)."

  /// The turns' places in Unicode scalars.
  func scalarRanges(of turns: [Turn]) -> [Range<Int>] {
    let places = Set(turns.flatMap { [$0.range.lowerBound, $0.range.upperBound] }).sorted()
    let offsets = Dictionary(uniqueKeysWithValues: zip(places, scalarOffsets(of: places)))
    return turns.map { turn in
      let start = offsets[turn.range.lowerBound] ?? 0
      return start..<max(start, offsets[turn.range.upperBound] ?? start)
    }
  }

  /// The same places counted in Unicode scalars.
  func scalarOffsets(of places: [Int]) -> [Int] {
    var offsets: [Int] = []
    var (scalars, bytes) = (0, 0)
    var remaining = places[...]
    for byte in text.utf8 {
      while let place = remaining.first, place <= bytes {
        offsets.append(scalars)
        remaining.removeFirst()
      }
      if remaining.isEmpty { break }
      bytes += 1
      // Continuation bytes belong to the scalar before them.
      if byte & 0xC0 != 0x80 { scalars += 1 }
    }
    return offsets + remaining.map { _ in scalars }
  }
}

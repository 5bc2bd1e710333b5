public import AnnealFiles

/// From messages to ids: the one way that training, evaluation, chat and serving share, so that the
/// ids a model is trained on are the ids it is served with.
///
/// A conversation is written by the chat template and the text encoded as it stands: what the
/// template writes is all there is, and no second beginning-of-text token comes before it.
public struct ConversationEncoder: Sendable {
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// The template of conversations.
  public let template: ChatTemplate
  /// The template of conversations with tools, when the model has another for them.
  public let toolTemplate: ChatTemplate?
  /// What templates see besides the conversation, such as `bos_token`.
  public let variables: [String: JSON]
  /// The ids that end an answer: the model's end tokens, and the one its template puts after a
  /// turn.
  public let endOfTurn: Set<Int>
  /// The ids that end any text of the model, whatever its template puts after a turn.
  public let endOfText: Set<Int>
  /// What the tokenizer itself puts before a text that is no conversation, such as `<s>`.
  let opening: [Int]

  /// An encoder.
  ///
  /// - Parameter endTokens: more ids that end an answer, such as those of `generation_config.json`.
  public init(
    tokenizer: Tokenizer, template: ChatTemplate, toolTemplate: ChatTemplate? = nil,
    variables: [String: JSON] = [:], endTokens: Set<Int> = []
  ) {
    self.tokenizer = tokenizer
    self.template = template
    self.toolTemplate = toolTemplate
    self.variables = variables
    var ends = endTokens
    if let end = tokenizer.endOfText { ends.insert(end) }
    endOfText = ends
    if let end = Self.closingToken(tokenizer, template, variables) { ends.insert(end) }
    endOfTurn = ends
    opening = Self.opening(of: tokenizer)
  }

  /// A conversation as ids, with what a model learns from it.
  ///
  /// A turn is learned from where the assistant takes over to the end-of-turn token that closes it,
  /// always with that token, found by its place; what the template writes after it is not learned.
  /// Turns are found by the template's `{% generation %}` blocks, or else by writing the
  /// conversation up to each turn. A last turn that the template leaves open gets the tokenizer's
  /// end token.
  ///
  /// - Parameters:
  ///   - training: which turns are learned; a message whose weight is 0 never is.
  ///   - addGenerationPrompt: whether to end where the assistant's answer begins; of a conversation
  ///     that is to be answered, nothing is learned where the turns cannot be told apart.
  /// - Throws: `AnnealError` when the template refuses the conversation or does not work, when it
  ///   has no place for tools or calls of them that the conversation has, when it writes a turn
  ///   differently once others follow (naming the turn; `examples(of:training:)` learns those too),
  ///   and when it begins a text twice.
  public func encode(
    _ conversation: Conversation, training: TrainingMask = .assistant,
    addGenerationPrompt: Bool = false
  ) throws -> EncodedConversation {
    let beginnings = try beginnings(of: conversation)
    let finder = try TurnFinder(beginnings, addGenerationPrompt: addGenerationPrompt)
    var turns: [TurnFinder.Turn]? = []
    do { turns = try finder.turns(training) } catch {
      guard addGenerationPrompt else { throw error }
    }
    return try encode(finder, turns, addGenerationPrompt: addGenerationPrompt)
  }

  /// A conversation as the examples that a model is trained on: as a rule one, with all turns that
  /// are learned.
  ///
  /// Templates of models that reason write earlier turns differently once others follow, most
  /// without what the assistant thought. Where that is so, the turns are learned one by one, each
  /// as it is written when it is the last: an example has the messages up to and with the turn,
  /// and nothing else of it is learned.
  ///
  /// - Parameter training: which turns are learned; a message whose weight is 0 never is.
  /// - Throws: `AnnealError` as `encode` does, but for turns that are written differently once
  ///   others follow.
  public func examples(
    of conversation: Conversation, training: TrainingMask
  ) throws -> EncodedExamples {
    let beginnings = try beginnings(of: conversation)
    let whole = try TurnFinder(beginnings, addGenerationPrompt: false)
    if case .success(let turns) = Result(catching: { try whole.turns(training) }) {
      return EncodedExamples(
        [try encode(whole, turns)],
        leavesOutOpening: turns?.contains(where: \.leavesOutOpening) ?? false)
    }
    var examples = EncodedExamples([], isTurnByTurn: true)
    for index in training.turns(of: conversation.messages) ?? [] {
      let part = try TurnFinder(beginnings, count: index + 1, addGenerationPrompt: false)
      let turns = try part.turns(of: [index])
      examples.examples.append(try encode(part, turns))
      if turns.contains(where: \.leavesOutOpening) { examples.leavesOutOpening = true }
    }
    return examples
  }

  private func beginnings(of conversation: Conversation) throws -> Beginnings {
    let template = conversation.tools == nil ? template : toolTemplate ?? template
    try checkPlaces(for: conversation, in: template)
    return Beginnings(of: conversation, template: template, encoder: self)
  }

  /// The ids of a text, and `turns` of it learned; nil for all of it.
  private func encode(
    _ finder: TurnFinder, _ turns: [TurnFinder.Turn]?, addGenerationPrompt: Bool = false
  ) throws -> EncodedConversation {
    let encoding = BoundedEncoding(
      finder.text, boundaries: finder.boundaries(), tokenizer: tokenizer)
    try checkBeginning(encoding.ids, finder.template)
    guard let turns else {
      return EncodedConversation(
        ids: encoding.ids, lossMask: Array(repeating: true, count: encoding.ids.count))
    }
    var masker = Masker(encoding, text: finder.text, encoder: self)
    for (turn, range) in zip(turns, finder.scalarRanges(of: turns)) {
      masker.learn(turn, at: range)
    }
    return masker.encoded(
      endsWithLearnedTurn: !addGenerationPrompt && finder.endsWithAnswer
        && turns.contains { $0.message == finder.lastMessage })
  }

  /// A prompt and what should follow it; only the completion and the end token are learned.
  ///
  /// What the tokenizer puts before a text comes first.
  public func encode(prompt: String, completion: String) -> EncodedConversation {
    let length = prompt.unicodeScalars.count
    let encoding = BoundedEncoding(
      prompt + completion, boundaries: [length], tokenizer: tokenizer)
    var encoded = EncodedConversation(
      ids: opening + encoding.ids,
      lossMask: opening.map { _ in false } + encoding.starts.map { $0 >= length })
    close(&encoded, learned: !completion.isEmpty)
    return encoded
  }

  /// The ids of a prompt that is to be completed: those that `encode(prompt:completion:)` begins
  /// with.
  public func encode(prompt: String) -> [Int] {
    opening + tokenizer.encode(prompt, addSpecialTokens: false)
  }

  /// A text from its beginning to the end token, all of it learned except what the tokenizer puts
  /// before it.
  public func encode(text: String) -> EncodedConversation {
    let ids = tokenizer.encode(text, addSpecialTokens: false)
    var encoded = EncodedConversation(
      ids: opening + ids, lossMask: opening.map { _ in false } + ids.map { _ in true })
    close(&encoded, learned: !ids.isEmpty)
    return encoded
  }

  /// Puts the end token after what is encoded, unless it is there.
  func close(_ encoded: inout EncodedConversation, learned: Bool) {
    guard let end = tokenizer.endOfText else { return }
    if encoded.ids.last == end, encoded.ids.count > opening.count {
      encoded.lossMask[encoded.ids.count - 1] = learned
    } else {
      encoded.ids.append(end)
      encoded.lossMask.append(learned)
    }
  }

  /// Refuses tools and calls of tools that the template would leave out without a word: a model would
  /// learn to answer with nothing.
  private func checkPlaces(for conversation: Conversation, in template: ChatTemplate) throws {
    let hasTools = conversation.tools?.array?.isEmpty == false
    let hasCalls = conversation.messages.contains { $0.toolCalls?.array?.isEmpty == false }
    let missing = [(hasTools, "tools"), (hasCalls, "tool_calls")].filter { isThere, name in
      isThere && !template.source.contains(name)
    }
    guard let (_, name) = missing.first else { return }
    throw AnnealError(
      .data,
      "the conversation has \(name), which this chat template has no place for",
      at: .init(file: template.name),
      remedy: "Give a template that writes them, or leave them out of the data.")
  }

  private func checkBeginning(_ ids: [Int], _ template: ChatTemplate) throws {
    guard let begin = tokenizer.beginningOfText, begin != tokenizer.endOfText, ids.count > 1,
      ids[0] == begin, ids[1] == begin
    else { return }
    throw AnnealError(
      .model,
      "the conversation begins with '\(tokenizer.token(of: begin) ?? String(begin))' twice",
      at: .init(file: template.name),
      remedy: "The template writes it once; take it out of the first message.")
  }
}

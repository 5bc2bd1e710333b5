/// What a template writes of the beginnings of a conversation: each is written once, however often it
/// is asked for.
///
/// Not `Sendable`: it belongs to one encoding at a time.
final class Beginnings {
  let template: ChatTemplate
  let messages: [Message]
  let tokenizer: Tokenizer
  private let context: RenderingContext
  private var written: [Key: Result<ChatTemplate.Rendering, any Error>] = [:]

  private struct Key: Hashable {
    var count: Int
    var addGenerationPrompt: Bool
  }

  init(of conversation: Conversation, template: ChatTemplate, encoder: ConversationEncoder) {
    self.template = template
    messages = conversation.messages
    tokenizer = encoder.tokenizer
    context = RenderingContext(conversation, variables: encoder.variables)
  }

  /// The first `count` messages as the template writes them.
  ///
  /// - Throws: `AnnealError` when the template refuses them or does not work.
  func rendering(_ count: Int, addGenerationPrompt: Bool) throws -> ChatTemplate.Rendering {
    let key = Key(count: count, addGenerationPrompt: addGenerationPrompt)
    if let known = written[key] { return try known.get() }
    let result = Result {
      try template.render(context, first: count, addGenerationPrompt: addGenerationPrompt)
    }
    written[key] = result
    return try result.get()
  }

  /// The text of the first `count` messages.
  func text(_ count: Int, addGenerationPrompt: Bool) throws -> String {
    try rendering(count, addGenerationPrompt: addGenerationPrompt).text
  }

  // MARK: Where answers begin

  /// Where the assistant takes over in a text.
  struct Takeover: Equatable {
    /// In UTF-8.
    var place: Int
    /// Whether the answer goes on from the whole of the prompt, rather than from a part of its end.
    var continuesPrompt: Bool
  }

  /// Where the assistant takes over for message `index` in `whole`; nil when the template writes
  /// otherwise what goes before.
  ///
  /// That is where the prompt ends that asks for the answer. Templates of models that reason may end
  /// it with something that the answer they write does not begin with, such as `<think>`: then the
  /// answer is what follows the tokens that both share, as Hugging Face TRL has it
  /// (`trl/data_utils.py`, `common_prefix_length`).
  func takeover(of index: Int, in whole: String) -> Takeover? {
    // A template may refuse what is no whole conversation.
    guard let prompt = try? text(index, addGenerationPrompt: true) else { return nil }
    if whole.utf8Begins(with: prompt) {
      return Takeover(place: prompt.utf8.count, continuesPrompt: true)
    }
    guard index > 0, let plain = try? text(index, addGenerationPrompt: false),
      prompt.utf8Begins(with: plain), whole.utf8Begins(with: plain)
    else { return nil }
    let length = plain.utf8.count
    let shared = shared(by: prompt.scalars(from: length), and: whole.scalars(from: length))
    return shared > 0 ? Takeover(place: length + shared, continuesPrompt: false) : nil
  }

  /// How much of the end of a prompt an answer begins with, in whole tokens, counted in UTF-8.
  private func shared(
    by prompt: Substring.UnicodeScalarView, and answer: Substring.UnicodeScalarView
  ) -> Int {
    // Tokens of what comes later change nothing.
    let beginning = answer.prefix(prompt.count + 16)
    let encoding = tokenizer.encoding(of: String(beginning), addSpecialTokens: false)
    let ids = tokenizer.encode(String(prompt), addSpecialTokens: false)
    let count = zip(ids, encoding.ids).prefix { $0 == $1 }.count
    guard count > 0 else { return 0 }
    let place =
      count < encoding.ids.count
      ? encoding.offsets[count].lowerBound : encoding.offsets[count - 1].upperBound
    return beginning.prefix(place).reduce(0) { $0 + UTF8.width($1) }
  }
}

extension String {
  /// Whether the bytes begin with those of `beginning`.
  ///
  /// As bytes, for a combining mark may follow in the whole.
  func utf8Begins(with beginning: String) -> Bool { utf8.starts(with: beginning.utf8) }

  /// What follows so many bytes, which end with a whole scalar.
  fileprivate func scalars(from offset: Int) -> Substring.UnicodeScalarView {
    self[utf8.index(utf8.startIndex, offsetBy: offset)...].unicodeScalars
  }
}

internal import AnnealFiles
public import AnnealText

extension Record {
  /// Whether the chat template writes the record; prompts with completions and texts stand as they are.
  public var usesChatTemplate: Bool {
    if case .conversation = self { true } else { false }
  }
}

extension ConversationEncoder: ExampleEncoder {
  /// The record's tokens by the encoding that chat and serving use too.
  public func tokens(
    of record: Record, training: TrainingMask
  ) throws -> (ids: [Int], lossMask: [Bool]) {
    let encoded: EncodedConversation
    switch record {
    case .conversation(let conversation):
      encoded = try encode(conversation, training: training)
    case .completion(let prompt, let completion) where training == .everything:
      encoded = encode(text: prompt + completion)
    case .completion(let prompt, let completion):
      encoded = encode(prompt: prompt, completion: completion)
    case .text(let text):
      encoded = encode(text: text)
    case .preference, .feedback, .steps:
      let (reason, remedy) = record.unlearnable ?? ("", "")
      throw AnnealError(.data, reason, remedy: remedy)
    }
    return (encoded.ids, encoded.lossMask)
  }

  /// The record's examples; conversations whose template writes earlier turns differently once others
  /// follow have one for each turn that is learned.
  public func examples(of record: Record, training: TrainingMask) throws -> EncodedExamples {
    if case .conversation(let conversation) = record {
      return try examples(of: conversation, training: training)
    }
    let (ids, lossMask) = try tokens(of: record, training: training)
    return EncodedExamples([EncodedConversation(ids: ids, lossMask: lossMask)])
  }

  /// The text of `ids`, special tokens written out.
  public func text(of ids: [Int]) -> String { tokenizer.decode(ids, skipSpecialTokens: false) }
}

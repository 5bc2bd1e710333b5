public import AnnealText

/// What turns records into tokens.
///
/// `ConversationEncoder` is one; a test may bring its own.
public protocol ExampleEncoder: Sendable {
  /// The record's tokens and which of them are learned.
  ///
  /// - Throws: `AnnealError` when the record cannot be told as tokens, such as turns that the chat
  ///   template refuses.
  func tokens(of record: Record, training: TrainingMask) throws -> (ids: [Int], lossMask: [Bool])
  /// The record as the examples that a model is trained on: one, unless it has to be learned turn by
  /// turn.
  ///
  /// - Throws: `AnnealError` as `tokens` does.
  func examples(of record: Record, training: TrainingMask) throws -> EncodedExamples
  /// The text of `ids`, special tokens written out.
  func text(of ids: [Int]) -> String
}

extension ExampleEncoder {
  /// The record's tokens as one example.
  public func examples(of record: Record, training: TrainingMask) throws -> EncodedExamples {
    let (ids, lossMask) = try tokens(of: record, training: training)
    return EncodedExamples([EncodedConversation(ids: ids, lossMask: lossMask)])
  }
}

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
  /// The text of `ids`, special tokens written out.
  func text(of ids: [Int]) -> String
}

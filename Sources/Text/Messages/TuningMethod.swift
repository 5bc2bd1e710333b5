/// How a hosted model is tuned: the methods of OpenAI's fine-tuning API that learn from files.
public enum TuningMethod: String, Sendable, Hashable, CaseIterable {
  /// Replies are learned as they stand.
  case supervised
  /// Of two answers the better one is learned (direct preference optimisation).
  case dpo
}

public import AnnealDatasets
public import AnnealText

/// What a run learns: how a record becomes examples, and which of their tokens bear loss.
///
/// The loss itself is the cross-entropy of the loss-bearing tokens; objectives differ in what those
/// are.
public protocol Objective: Sendable {
  /// The `stage` of a recipe.
  static var name: String { get }
  /// How examples are made.
  var preparation: PreparationSettings { get }
}

/// Supervised fine-tuning: the model learns what an assistant should say.
public struct SupervisedFineTuning: Objective {
  /// `stage: sft`.
  public static let name = "sft"
  /// How examples are made.
  public var preparation: PreparationSettings

  /// Learns from conversations and completions of at most `maxTokens` tokens.
  public init(maxTokens: Int = 2048, mask: TrainingMask = .assistant) {
    preparation = PreparationSettings(maxLength: maxTokens, training: mask)
  }
}

/// Continued pre-training: the model learns every token of raw text.
public struct ContinuedPretraining: Objective {
  /// `stage: pt`.
  public static let name = "pt"
  /// How examples are made.
  public var preparation: PreparationSettings

  /// Learns from windows of `maxTokens` tokens.
  public init(maxTokens: Int = 2048) {
    preparation = PreparationSettings(stage: .pretraining, maxLength: maxTokens)
  }
}

public import AnnealText

/// How records become examples.
public struct PreparationSettings: Sendable, Hashable {
  /// What the examples are for.
  public enum Stage: Sendable, Hashable {
    /// A record is an example; what is longer than `maxLength` loses its end.
    case supervised
    /// A record is a document, all of it learned; long ones are cut into windows.
    case pretraining
  }

  /// What the examples are for.
  public var stage: Stage
  /// Tokens that an example has at most.
  public var maxLength: Int
  /// Which parts of a conversation are learned.
  public var training: TrainingMask
  /// Threads at most; nil for all cores.
  public var threads: Int?

  /// How many threads there are.
  var threadCount: Int { max(1, threads ?? availableCores()) }

  /// Settings; a length below 2 counts as 2, since the first token of an example is never learned.
  public init(
    stage: Stage = .supervised, maxLength: Int, training: TrainingMask = .assistant,
    threads: Int? = nil
  ) {
    self.stage = stage
    self.maxLength = max(2, maxLength)
    self.training = training
    self.threads = threads
  }
}

/// What is asked of an engine.
public struct GenerationRequest: Sendable {
  /// The prompt's ids.
  public var prompt: [Int]
  /// How tokens are chosen.
  public var sampling: SamplingSettings
  /// The most tokens a reply may have.
  public var maxNewTokens: Int
  /// Tokens that end a reply; they are not part of it.
  public var endOfTurn: Set<Int>
  /// Texts that end a reply; they are not part of it.
  public var stop: [String]

  /// A request.
  public init(
    prompt: [Int], sampling: SamplingSettings = .greedy, maxNewTokens: Int = 256,
    endOfTurn: Set<Int>, stop: [String] = []
  ) {
    self.prompt = prompt
    self.sampling = sampling
    self.maxNewTokens = maxNewTokens
    self.endOfTurn = endOfTurn
    self.stop = stop.filter { !$0.isEmpty }
  }
}

/// Why a reply ended; the names are OpenAI's.
public enum FinishReason: String, Sendable {
  /// An end-of-turn token or a stop text came.
  case stop
  /// The most tokens were reached.
  case length
}

/// A reply.
public struct Generation: Sendable {
  /// Its ids, without the end-of-turn token.
  public var ids: [Int] = []
  /// Its text, without special tokens and stop texts.
  public var text = ""
  /// Why it ended.
  public var finishReason = FinishReason.length
}

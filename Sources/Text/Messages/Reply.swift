public import AnnealFiles

/// A chat model's answer, and what it took.
public struct Reply: Sendable, Hashable {
  /// The message.
  public var message: Message
  /// Why it ended, in the words of OpenAI's servers: `stop`, `length`, `tool_calls`; nil if unknown.
  public var finishReason: String?
  /// Its tokens; nil when the model does not tell.
  public var usage: TokenUsage?
  /// How long the answer took, without waiting for its turn.
  public var seconds: Double
  /// Whether it was kept from an earlier time, so that it took nothing now.
  public var isStored = false

  /// An answer that took `seconds`.
  public init(
    _ message: Message, finishReason: String? = nil, usage: TokenUsage? = nil, seconds: Double
  ) {
    self.message = message
    self.finishReason = finishReason
    self.usage = usage
    self.seconds = seconds
  }
}

/// Tokens that a model read and wrote.
public struct TokenUsage: Sendable, Hashable {
  /// Tokens of the question, all messages and tools together.
  public var prompt: Int
  /// Tokens of the answer.
  public var completion: Int

  /// A count of tokens.
  public init(prompt: Int = 0, completion: Int = 0) {
    self.prompt = prompt
    self.completion = completion
  }

  /// Both together.
  public var total: Int { prompt.addingReportingOverflow(completion).partialValue }

  /// The tokens of two answers.
  public static func + (a: TokenUsage, b: TokenUsage) -> TokenUsage {
    TokenUsage(prompt: a.prompt &+ b.prompt, completion: a.completion &+ b.completion)
  }
}

/// What tokens cost, in whatever money the prices are in.
public struct TokenPrices: Sendable, Hashable {
  /// The price of a million tokens of questions.
  public var promptMillion: Double
  /// The price of a million tokens of answers.
  public var completionMillion: Double

  /// Prices of a million tokens each.
  public init(promptMillion: Double, completionMillion: Double) {
    self.promptMillion = promptMillion
    self.completionMillion = completionMillion
  }

  /// What `usage` costs.
  public func cost(of usage: TokenUsage) -> Double {
    (Double(usage.prompt) * promptMillion + Double(usage.completion) * completionMillion) / 1e6
  }
}

extension Reply {
  /// The answer as JSON, for a store.
  public var json: JSON {
    JSON(members: [
      ("message", message.json), ("finish_reason", finishReason.map { .string($0) } ?? .null),
      ("prompt_tokens", usage.map { .integer($0.prompt) } ?? .null),
      ("completion_tokens", usage.map { .integer($0.completion) } ?? .null),
      ("seconds", .number(seconds)),
    ])
  }

  /// The answer that a store kept as `json`.
  ///
  /// - Throws: `AnnealError` when there is no message in it.
  public init(stored json: JSON) throws {
    guard let message = json["message"] else {
      throw AnnealError(.data, "a stored reply has no message")
    }
    var usage: TokenUsage?
    if let prompt = json["prompt_tokens"]?.integer,
      let completion = json["completion_tokens"]?.integer
    {
      usage = TokenUsage(prompt: prompt, completion: completion)
    }
    self.init(
      try Message(json: message), finishReason: json["finish_reason"]?.string, usage: usage,
      seconds: json["seconds"]?.number ?? 0)
    isStored = true
  }
}

public import AnnealFiles

/// What a model's replies took: time, tokens and, where it is paid for, money.
public struct ReplyEffort: Sendable, Hashable {
  /// Replies that were asked for.
  public var replies: Int
  /// Seconds for all of them; a model on this machine answers many at once.
  public var seconds: Double
  /// The median time of one reply, where each was asked for by itself, seconds.
  public var latency: Double?
  /// Tokens that the model read.
  public var promptTokens: Int
  /// Tokens that it wrote.
  public var replyTokens: Int
  /// What that costs at the prices given.
  public var cost: Double?

  /// An effort.
  public init(
    replies: Int, seconds: Double, latency: Double? = nil, promptTokens: Int, replyTokens: Int,
    cost: Double? = nil
  ) {
    self.replies = replies
    self.seconds = seconds
    self.latency = latency
    self.promptTokens = promptTokens
    self.replyTokens = replyTokens
    self.cost = cost
  }

  /// Seconds for one reply, all replies taken together.
  public var secondsPerReply: Double { seconds / Double(max(1, replies)) }
  /// What a thousand such replies cost.
  public var costPerThousand: Double? { cost.map { $0 * 1000 / Double(max(1, replies)) } }

  /// The effort as the command line reports it.
  public var json: JSON {
    [
      "count": .integer(replies), "seconds": .number(seconds),
      "seconds_per_reply": .number(secondsPerReply),
      "median_latency_seconds": latency.map(JSON.number) ?? .null,
      "prompt_tokens": .integer(promptTokens), "reply_tokens": .integer(replyTokens),
      "cost": cost.map(JSON.number) ?? .null,
    ]
  }
}

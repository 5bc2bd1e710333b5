public import AnnealFiles

/// What a model's replies took: time, tokens and, where it is paid for, money.
public struct ReplyEffort: Sendable, Hashable {
  /// Replies that were asked for.
  public var replies: Int
  /// Seconds for all of them; a model on this machine answers many at once.
  public var seconds: Double
  /// The median time of one reply, where each was asked for by itself, seconds.
  public var latency: Double?
  /// Tokens that the model read; nil where a server does not tell.
  public var promptTokens: Int?
  /// Tokens that it wrote; nil where a server does not tell.
  public var replyTokens: Int?
  /// Replies that ended because they had the most tokens allowed.
  public var cut: Int
  /// Rows that were not asked or not answered and count as empty replies: longer than the model, or
  /// refused by a server.
  public var unasked: Int
  /// What that costs at the prices given.
  public var cost: Double?

  /// An effort.
  public init(
    replies: Int, seconds: Double, latency: Double? = nil, promptTokens: Int?, replyTokens: Int?,
    cut: Int = 0, unasked: Int = 0, cost: Double? = nil
  ) {
    self.replies = replies
    self.seconds = seconds
    self.latency = latency
    self.promptTokens = promptTokens
    self.replyTokens = replyTokens
    self.cut = cut
    self.unasked = unasked
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
      "prompt_tokens": promptTokens.map(JSON.integer) ?? .null,
      "reply_tokens": replyTokens.map(JSON.integer) ?? .null,
      "cut": .integer(cut), "unanswered": .integer(unasked),
      "cost": cost.map(JSON.number) ?? .null,
    ]
  }
}

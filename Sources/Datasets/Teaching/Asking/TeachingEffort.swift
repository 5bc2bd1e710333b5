public import AnnealFiles
public import AnnealText

/// What a teacher's answers took.
public struct TeachingEffort: Sendable, Hashable {
  /// Requests that were answered now.
  public var requests = 0
  /// Answers that were kept from an earlier time, and took nothing now.
  public var stored = 0
  /// Questions that were asked again with what was wrong.
  public var repeats = 0
  /// Tokens of the requests that were answered now.
  public var usage = TokenUsage()
  /// Requests whose tokens the server did not tell.
  public var uncounted = 0

  /// Nothing yet.
  public init() {}

  /// The effort of one reply.
  init(_ reply: Reply, isRepeat: Bool) {
    repeats = isRepeat ? 1 : 0
    guard !reply.isStored else {
      stored = 1
      return
    }
    requests = 1
    if let usage = reply.usage { self.usage = usage } else { uncounted = 1 }
  }

  /// The effort of both.
  public static func + (a: TeachingEffort, b: TeachingEffort) -> TeachingEffort {
    var sum = a
    sum.requests += b.requests
    sum.stored += b.stored
    sum.repeats += b.repeats
    sum.usage = a.usage + b.usage
    sum.uncounted += b.uncounted
    return sum
  }

  /// The members of a report; tokens are of requests made now.
  public func json(_ prices: TokenPrices?) -> JSON {
    [
      "requests": .integer(requests), "cached": .integer(stored), "asked_again": .integer(repeats),
      "prompt_tokens": .integer(usage.prompt), "completion_tokens": .integer(usage.completion),
      "cost": prices.map { .number($0.cost(of: usage)) } ?? .null,
    ]
  }
}

/// What a job will take, as far as it can be told before.
public struct TeachingEstimate: Sendable, Hashable {
  /// Questions of the job.
  public var questions = 0
  /// Those of them whose answers are kept already.
  public var stored = 0
  /// Tokens that the rest will read and write, by four bytes a token and what answers of the kind
  /// mostly take.
  public var usage = TokenUsage()

  /// Nothing yet.
  public init() {}

  /// The members of a report.
  public func json(_ prices: TokenPrices?) -> JSON {
    [
      "questions": .integer(questions), "cached": .integer(stored),
      "prompt_tokens": .integer(usage.prompt), "completion_tokens": .integer(usage.completion),
      "cost": prices.map { .number($0.cost(of: usage)) } ?? .null,
    ]
  }
}

/// How far a job is.
public struct TeachingState: Sendable, Hashable {
  /// Questions that are done.
  public var done: Int
  /// Questions of the job.
  public var all: Int
  /// Questions that came to nothing.
  public var failed: Int
  /// What it took so far.
  public var effort: TeachingEffort
}

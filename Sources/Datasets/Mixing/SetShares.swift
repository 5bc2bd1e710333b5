internal import AnnealFiles

/// How much of an epoch each of its sets is.
public struct SetShares: Sendable, Hashable {
  /// A set's part.
  public struct Share: Sendable, Hashable {
    /// Examples, those that come again counted each time.
    public var rows = 0
    /// Their tokens.
    public var tokens = 0
    /// Those of them that bear loss.
    public var trainedTokens = 0
    /// Examples that the set has.
    public var available = 0
  }

  /// The sets' parts, by their numbers.
  public private(set) var shares: [Share]

  /// The shares of `examples`.
  public init(_ examples: PreparedExamples) throws {
    var shares = Array(repeating: Share(), count: examples.setCount)
    try examples.forEachFact { index, facts in
      let set = examples.set(at: index)
      shares[set].rows += 1
      shares[set].tokens += facts.length
      shares[set].trainedTokens += facts.trained
    }
    for (index, set) in examples.sets.enumerated() { shares[index].available = set.exampleCount }
    self.shares = shares
  }

  /// Loss-bearing tokens of all sets.
  public var trainedTokens: Int { shares.reduce(0) { $0 + $1.trainedTokens } }
  /// Tokens of all sets.
  public var tokens: Int { shares.reduce(0) { $0 + $1.tokens } }

  /// A line a set: its rows and its shares of the tokens.
  public func lines(names: [String]) -> [String] {
    zip(names, shares).map { name, share in
      "\(name): \(grouped(share.rows)) rows, \(percent(share.tokens, of: tokens)) of the tokens, "
        + "\(percent(share.trainedTokens, of: trainedTokens)) of those learned"
        + (share.rows >= 2 * max(1, share.available)
          ? "; each comes about \(grouped(share.rows / max(1, share.available))) times" : "")
    }
  }
}

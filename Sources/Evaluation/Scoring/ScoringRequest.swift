/// Tokens whose likelihood after others is asked for.
struct ScoringRequest: Sendable, Hashable {
  /// What comes before, at least one token.
  var context: [Int]
  /// What is scored, at least one token.
  var continuation: [Int]
}

/// How likely a model found the tokens of a request.
struct TokenScore: Sendable, Hashable {
  /// The sum over the tokens, nats.
  var logLikelihood = 0.0
  /// Whether each token was the likeliest; true where nobody asked.
  var isGreedy = true

  /// Adds what a token has.
  mutating func add(_ logLikelihood: Float, isLikeliest: Bool) {
    self.logLikelihood += Double(logLikelihood)
    isGreedy = isGreedy && isLikeliest
  }
}

public import AnnealFiles

/// A reply, and what was hoped for.
public struct Answer: Sendable, Hashable {
  /// What was asked: the last user message, or the whole prompt.
  public var prompt: String
  /// What was hoped for; any of several will do.
  public var references: [String]
  /// What the model said.
  public var reply: String
  /// The row's own fields, an object: a source, a schema, arguments of a check.
  public var fields: JSON
  /// All that was given before the reply, where that is more than the prompt.
  public var context: String?

  /// A reply and what was hoped for.
  public init(
    prompt: String = "", references: [String], reply: String, fields: JSON = [:],
    context: String? = nil
  ) {
    self.prompt = prompt
    self.references = references
    self.reply = reply
    self.fields = fields
    self.context = context
  }

  /// The best score of the reply beside any of the references; nil when there is none.
  func best(_ score: (String) -> Double) -> Double? { references.map(score).max() }
}

/// How likely a model found each of several answers to a question.
public struct ScoredChoices: Sendable, Hashable {
  /// The answers, as the task has them.
  public var choices: [String]
  /// The log-likelihood of each after the question, nats.
  public var logLikelihoods: [Double]
  /// The log-likelihood of each without the question, when that was asked for, nats.
  public var unconditional: [Double]?
  /// Whether the model would have said each of them by itself.
  public var isGreedy: [Bool]
  /// The places of the right answers; usually one.
  public var gold: [Int]

  /// Scores of `choices`.
  public init(
    choices: [String], logLikelihoods: [Double], unconditional: [Double]? = nil,
    isGreedy: [Bool] = [], gold: [Int]
  ) {
    self.choices = choices
    self.logLikelihoods = logLikelihoods
    self.unconditional = unconditional
    self.isGreedy = isGreedy
    self.gold = gold
  }

  /// The place of the largest of `scores`, the first of equals; nil when there is none.
  static func likeliest(_ scores: [Double]) -> Int? {
    var best: Int?
    for (place, score) in scores.enumerated() {
      if let known = best, !(score > scores[known]) { continue }
      best = place
    }
    return best
  }
}

/// How likely a model found a text.
public struct ScoredText: Sendable, Hashable {
  /// The text that was scored.
  public var text: String
  /// Its log-likelihood, nats.
  public var logLikelihood: Double
  /// Whether the model would have said all of it by itself.
  public var isGreedy: Bool

  /// A scored text.
  public init(text: String, logLikelihood: Double, isGreedy: Bool = false) {
    self.text = text
    self.logLikelihood = logLikelihood
    self.isGreedy = isGreedy
  }
}

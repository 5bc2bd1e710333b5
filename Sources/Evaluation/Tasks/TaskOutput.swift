/// What a model is asked for on each row of a task; the names are those of lm-evaluation-harness.
public enum TaskOutput: String, Sendable, CaseIterable {
  /// The log-likelihood of each of several answers.
  case multipleChoice = "multiple_choice"
  /// The log-likelihood of one text after another.
  case logLikelihood = "loglikelihood"
  /// The log-likelihood of a whole text, in windows as long as the model reads.
  case rolling = "loglikelihood_rolling"
  /// A text.
  case generation = "generate_until"
}

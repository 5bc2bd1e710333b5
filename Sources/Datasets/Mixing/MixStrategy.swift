/// How the rows of several sets make an epoch.
public enum MixStrategy: String, Sendable, Hashable, CaseIterable {
  /// All rows of all sets.
  case concatenate
  /// Rows drawn by chance until the first set has no more.
  case interleaveFirstExhausted = "interleave_first_exhausted"
  /// Rows drawn by chance until every set was read to its end; short sets are read again.
  case interleaveAllExhausted = "interleave_all_exhausted"
  /// As many rows as there are, from each set in proportion to its size to the power 1/T.
  case temperature
}

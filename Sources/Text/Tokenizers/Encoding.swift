/// What a text became: ids, the tokens they stand for, and where each came from.
public struct Encoding: Sendable, Hashable {
  /// The ids.
  public var ids: [Int]
  /// The vocabulary's spelling of each id; for an added token, how the text has it, with the spaces
  /// that it swallowed.
  public var tokens: [String]
  /// The Unicode scalars of the text that each token covers, counted from 0.
  ///
  /// A token that a post-processor put in, such as `<s>`, covers nothing: `0..<0`. Tokens that share
  /// one character between them each cover the whole character.
  public var offsets: [Range<Int>]

  /// An encoding of parts of equal length.
  public init(ids: [Int], tokens: [String], offsets: [Range<Int>]) {
    self.ids = ids
    self.tokens = tokens
    self.offsets = offsets
  }
}

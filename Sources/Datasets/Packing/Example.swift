public import AnnealFiles

/// A row as the model reads it: tokens, and which of them it should learn to say.
public struct Example: Sendable, Hashable {
  /// Token ids.
  public var ids: [Int32]
  /// Which tokens are to be predicted from those before them.
  ///
  /// The first token of an example has none before it, so it is never learned, whatever its mask.
  public var lossMask: [Bool]
  /// The example's number in its dataset, from 0; no two examples share one.
  public var row: Int
  /// Where the row stands in its file.
  public var source: AnnealError.Place
  /// Whether tokens were cut off at the end.
  public var isTruncated: Bool

  /// An example; a mask of another length than `ids` is cut or filled with false.
  public init(
    ids: [Int32], lossMask: [Bool], row: Int, source: AnnealError.Place, isTruncated: Bool = false
  ) {
    self.ids = ids
    self.lossMask = Array(lossMask.prefix(ids.count))
    self.lossMask += Array(repeating: false, count: ids.count - self.lossMask.count)
    self.row = row
    self.source = source
    self.isTruncated = isTruncated
  }

  /// How many tokens bear loss.
  public var trainedTokens: Int { lossMask.dropFirst().count { $0 } }
}

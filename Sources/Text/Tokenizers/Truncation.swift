internal import AnnealFiles

/// How long texts are cut, as a `tokenizer.json` may say in its member `truncation`.
///
/// Nothing is cut because a file says so: what it says is only what its tokenizer last did, and rows
/// of training data would lose their ends without a word. It is passed to
/// `Tokenizer.encodings(of:truncation:addSpecialTokens:)` by whoever wants it.
public struct Truncation: Sendable, Hashable {
  /// The end of a text that is cut off first.
  public enum Side: String, Sendable {
    /// The text keeps its end.
    case left = "Left"
    /// The text keeps its beginning.
    case right = "Right"
  }

  /// The most tokens of an encoding, special tokens included.
  public var maximumLength: Int
  /// How many tokens each part shares with the one before it.
  public var stride: Int
  /// Which end is cut off.
  public var side: Side

  /// A truncation to `maximumLength` tokens, special ones included.
  public init(maximumLength: Int, stride: Int = 0, side: Side = .right) {
    self.maximumLength = maximumLength
    self.stride = stride
    self.side = side
  }

  init(_ part: TokenizerPart) throws {
    maximumLength = try part.count("max_length")
    stride = part.json["stride"] == nil ? 0 : try part.count("stride")
    let name = part.json["direction"] == nil ? Side.right.rawValue : try part.string("direction")
    guard let side = Side(rawValue: name) else {
      throw part.error("'direction' should be Left or Right, not '\(name)'")
    }
    self.side = side
  }

  /// The ranges of `count` tokens that the parts have, with room for `added` special tokens in each;
  /// the first is what is kept.
  func parts(of count: Int, added: Int) -> [Range<Int>] {
    let length = max(0, maximumLength - added)
    if count <= length { return [0..<count] }
    if length == 0 { return [0..<0] }
    var parts: [Range<Int>] = []
    var start = 0
    while true {
      let end = min(start + length, count)
      parts.append(side == .right ? start..<end : count - end..<count - start)
      if end == count { return parts }
      start += max(1, length - stride)
    }
  }
}

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

  /// Which text of a pair is cut.
  public enum Strategy: String, Sendable {
    /// The longer one, until both are of one length; then both.
    case longestFirst = "LongestFirst"
    /// Only the first.
    case onlyFirst = "OnlyFirst"
    /// Only the second, such as a document beside a question.
    case onlySecond = "OnlySecond"
  }

  /// The most tokens of an encoding, special tokens included; a negative number counts as 0.
  public var maximumLength: Int
  /// How many tokens each part shares with the one before it; a negative number counts as 0, and one
  /// that leaves no room for new tokens as the most that does.
  public var stride: Int
  /// Which end is cut off.
  public var side: Side
  /// Which text of a pair is cut; it says nothing of single texts.
  public var strategy: Strategy

  /// A truncation to `maximumLength` tokens, special ones included.
  public init(
    maximumLength: Int, stride: Int = 0, side: Side = .right, strategy: Strategy = .longestFirst
  ) {
    self.maximumLength = maximumLength
    self.stride = stride
    self.side = side
    self.strategy = strategy
  }

  init(_ part: TokenizerPart) throws {
    maximumLength = try part.count("max_length")
    stride = part.json["stride"] == nil ? 0 : try part.count("stride")
    let name = part.json["direction"] == nil ? Side.right.rawValue : try part.string("direction")
    guard let side = Side(rawValue: name) else {
      throw part.error("'direction' should be Left or Right, not '\(name)'")
    }
    self.side = side
    let which =
      part.json["strategy"] == nil
      ? Strategy.longestFirst.rawValue : try part.string("strategy")
    guard let strategy = Strategy(rawValue: which) else {
      throw part.error(
        "'strategy' should be LongestFirst, OnlyFirst or OnlySecond, not '\(which)'")
    }
    self.strategy = strategy
  }

  /// How many tokens of texts have room beside `added` special ones.
  private func room(beside added: Int) -> Int { max(0, max(0, maximumLength) - added) }

  /// How many tokens of each text of a pair are kept.
  ///
  /// - Throws: when the text that alone may be cut has not enough tokens for that.
  func lengths(of first: Int, and second: Int, added: Int) throws -> (first: Int, second: Int) {
    let room = room(beside: added)
    let surplus = first + second - room
    if room == 0 { return (0, 0) }
    if surplus <= 0 { return (first, second) }
    switch strategy {
    case .longestFirst:
      let shorter = min(first, second, room / 2)
      return first <= second ? (shorter, room - shorter) : (room - shorter, shorter)
    case .onlyFirst:
      return (try rest(of: first, less: surplus, "first"), second)
    case .onlySecond:
      return (first, try rest(of: second, less: surplus, "second"))
    }
  }

  private func rest(of count: Int, less surplus: Int, _ name: String) throws -> Int {
    guard count > surplus else {
      throw AnnealError(
        .data,
        "a pair is \(surplus) tokens longer than \(maximumLength), and its \(name) text, "
          + "which alone may be cut, has \(count)",
        remedy: "allow more tokens, or cut the longest text first")
    }
    return count - surplus
  }

  /// The ranges of `count` tokens that the parts have, with room for `added` special tokens in each;
  /// the first is what is kept.
  func parts(of count: Int, added: Int) -> [Range<Int>] {
    parts(of: count, length: room(beside: added))
  }

  /// The ranges of `count` tokens that parts of `length` tokens have.
  func parts(of count: Int, length: Int) -> [Range<Int>] {
    if count <= length { return [0..<count] }
    if length == 0 { return [0..<0] }
    let step = length - min(max(0, stride), length - 1)
    var parts: [Range<Int>] = []
    var start = 0
    while true {
      let end = start + min(length, count - start)
      parts.append(side == .right ? start..<end : count - end..<count - start)
      if end == count { return parts }
      start += step
    }
  }
}

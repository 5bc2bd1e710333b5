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

  /// The bytes of `text` in UTF-8 that each token covers, counted from 0.
  ///
  /// - Parameter text: the text that the encoding is of.
  public func byteOffsets(in text: String) -> [Range<Int>] {
    var places = [0]
    for scalar in text.unicodeScalars {
      places.append(places[places.count - 1] + UTF8.width(scalar))
    }
    return offsets.map {
      places[min($0.lowerBound, places.count - 1)]..<places[min($0.upperBound, places.count - 1)]
    }
  }

  /// The tokens in `range`.
  func part(_ range: Range<Int>) -> Encoding {
    Encoding(ids: Array(ids[range]), tokens: Array(tokens[range]), offsets: Array(offsets[range]))
  }
}

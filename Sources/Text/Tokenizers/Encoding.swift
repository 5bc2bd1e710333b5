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

  /// The type of each token (`type_id`), which tells models such as BERT which of two texts it is of.
  public var typeIDs: [Int]
  /// 1 for tokens that count, 0 for those that only fill an encoding.
  public var attentionMask: [Int]
  /// Which text each token is of, the first (0) or the second (1) of a pair; nil for tokens that a
  /// post-processor or padding put in.
  public var sequenceIDs: [Int?]

  /// An encoding of parts of equal length.
  ///
  /// Without further parts, all tokens are of one text, of type 0, and count.
  public init(
    ids: [Int], tokens: [String], offsets: [Range<Int>], typeIDs: [Int]? = nil,
    attentionMask: [Int]? = nil, sequenceIDs: [Int?]? = nil
  ) {
    self.ids = ids
    self.tokens = tokens
    self.offsets = offsets
    self.typeIDs = typeIDs ?? Array(repeating: 0, count: ids.count)
    self.attentionMask = attentionMask ?? Array(repeating: 1, count: ids.count)
    self.sequenceIDs = sequenceIDs ?? Array(repeating: 0, count: ids.count)
  }

  /// The bytes of `text` in UTF-8 that each token covers, counted from 0; nothing (`0..<0`) for
  /// tokens of the other text of a pair.
  ///
  /// - Parameters:
  ///   - text: the text that the encoding is of.
  ///   - sequence: which text of a pair that is.
  public func byteOffsets(in text: String, sequence: Int = 0) -> [Range<Int>] {
    var places = [0]
    for scalar in text.unicodeScalars {
      places.append(places[places.count - 1] + UTF8.width(scalar))
    }
    return zip(offsets, sequenceIDs).map { range, owner in
      guard owner == sequence else { return 0..<0 }
      return places[
        min(range.lowerBound, places.count - 1)]..<places[
          min(range.upperBound, places.count - 1)]
    }
  }

  /// The tokens in `range`.
  func part(_ range: Range<Int>) -> Encoding {
    Encoding(
      ids: Array(ids[range]), tokens: Array(tokens[range]), offsets: Array(offsets[range]),
      typeIDs: Array(typeIDs[range]), attentionMask: Array(attentionMask[range]),
      sequenceIDs: Array(sequenceIDs[range]))
  }

  /// Puts the tokens of `other` behind these.
  mutating func append(_ other: Encoding) {
    ids += other.ids
    tokens += other.tokens
    offsets += other.offsets
    typeIDs += other.typeIDs
    attentionMask += other.attentionMask
    sequenceIDs += other.sequenceIDs
  }
}

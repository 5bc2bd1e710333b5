/// The ids of a text that has places where a model takes over, and where each id came from.
///
/// A model that answers sees the ids of the text before its answer, encoded by themselves. Training
/// must show it the same ids, so the ids of the whole text are used only where they agree: at each
/// place, the ids of the text before it must begin the ids of the whole. Where they do not, because
/// a token reaches over the place or the tokenizer looks ahead, the text is encoded in two parts
/// that meet there. Both happen between the special tokens around the place alone, as no tokenizer
/// joins text across one: with such tokens between its turns, a conversation of many turns takes time
/// in proportion to its length.
struct BoundedEncoding {
  private(set) var ids: [Int] = []
  /// For each id, where it begins in the text, in Unicode scalars.
  private(set) var starts: [Int] = []
  private let tokenizer: Tokenizer

  /// - Parameters:
  ///   - boundaries: where a model takes over, in Unicode scalars, ascending.
  init(_ text: String, boundaries: [Int], tokenizer: Tokenizer) {
    self.tokenizer = tokenizer
    let scalars = text.unicodeScalars
    var places: [String.Index] = []
    var (place, index) = (0, scalars.startIndex)
    for boundary in boundaries {
      index =
        scalars.index(index, offsetBy: boundary - place, limitedBy: scalars.endIndex)
        ?? scalars.endIndex
      place = boundary
      places.append(index)
    }
    let cuts = zip(boundaries, places).filter { $0.0 > 0 && $0.1 < scalars.endIndex }
    append(text[...], at: 0, boundaries: cuts.map { ($0.0, $0.1) }[...])
  }

  private mutating func append(
    _ text: Substring, at origin: Int, boundaries: ArraySlice<(Int, String.Index)>
  ) {
    let encoding = tokenizer.encoding(of: String(text), addSpecialTokens: false)
    var cursor = ScalarCursor(text)
    // What has been looked at, the last special token in it, and what has been taken over.
    var (count, anchor, taken) = (0, 0, 0)
    var number = boundaries.startIndex
    while number < boundaries.endIndex {
      let (boundary, index) = boundaries[number]
      // A token that reaches over the boundary does not lie before it.
      while count < encoding.ids.count, encoding.offsets[count].upperBound <= boundary - origin {
        if tokenizer.isSpecial(encoding.ids[count]) { anchor = count }
        count += 1
      }
      let start = max(anchor, taken)
      let offset = start == 0 ? 0 : encoding.offsets[start].lowerBound
      let before = text[cursor.index(of: offset)..<index]
      let ids = tokenizer.encode(String(before), addSpecialTokens: false)
      if start <= count, ids.elementsEqual(encoding.ids[start..<count]) {
        number += 1
        continue
      }
      take(encoding, taken..<start, at: origin)
      taken =
        (count..<encoding.ids.count).first {
          tokenizer.isSpecial(encoding.ids[$0])
            && encoding.offsets[$0].lowerBound >= boundary - origin
        } ?? encoding.ids.count
      let end = taken < encoding.ids.count ? encoding.offsets[taken].lowerBound : Int.max
      let earlier = boundaries[..<number].filter { $0.0 > origin + offset }
      let later = boundaries[(number + 1)...].prefix { $0.0 - origin < end }
      append(before, at: origin + offset, boundaries: earlier[...])
      let rest = end == .max ? text[index...] : text[index..<cursor.index(of: end)]
      append(rest, at: boundary, boundaries: later)
      number = later.endIndex
      (count, anchor) = (taken, taken)
    }
    take(encoding, taken..<encoding.ids.count, at: origin)
  }

  /// Takes over ids as they are.
  private mutating func take(_ encoding: Encoding, _ range: Range<Int>, at origin: Int) {
    ids += encoding.ids[range]
    starts += encoding.offsets[range].map { $0.lowerBound + origin }
  }
}

/// Finds Unicode scalars of a text by their numbers, which ascend but for a few.
private struct ScalarCursor {
  private let scalars: Substring.UnicodeScalarView
  private var place = 0
  private var index: String.Index

  init(_ text: Substring) {
    scalars = text.unicodeScalars
    index = scalars.startIndex
  }

  mutating func index(of wanted: Int) -> String.Index {
    let limit = wanted < place ? scalars.startIndex : scalars.endIndex
    index = scalars.index(index, offsetBy: wanted - place, limitedBy: limit) ?? limit
    place = wanted
    return index
  }
}

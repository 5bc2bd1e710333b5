/// The ids of a text that has places where a model takes over, and where each id came from.
///
/// A model that answers sees the ids of the text before its answer, encoded by themselves. Training
/// must show it the same ids, so the ids of the whole text are used only where they agree: at each
/// place, the ids of the text before it must begin the ids of the whole. Where they do not, because
/// a token reaches over the place or the tokenizer looks ahead, the text is encoded in two parts
/// that meet there. The check encodes again only from the last special token before the place, as
/// no tokenizer joins text across one.
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
    for (number, (boundary, index)) in zip(boundaries.indices, boundaries) {
      let before = text[..<index]
      let count = Self.count(of: encoding, before: boundary - origin)
      if agrees(encoding, count, with: before) { continue }
      append(before, at: origin, boundaries: boundaries[..<number])
      append(text[index...], at: boundary, boundaries: boundaries[(number + 1)...])
      return
    }
    ids += encoding.ids
    starts += encoding.offsets.map { $0.lowerBound + origin }
  }

  /// How many tokens lie wholly before `place`; a token that reaches over it is not among them.
  private static func count(of encoding: Encoding, before place: Int) -> Int {
    encoding.offsets.firstIndex { $0.upperBound > place } ?? encoding.ids.count
  }

  private func agrees(_ encoding: Encoding, _ count: Int, with text: Substring) -> Bool {
    let anchor = encoding.ids[..<count].lastIndex { tokenizer.isSpecial($0) } ?? 0
    let start = anchor == 0 ? 0 : encoding.offsets[anchor].lowerBound
    let scalars = text.unicodeScalars
    let tail = scalars[scalars.index(scalars.startIndex, offsetBy: start)...]
    return tokenizer.encode(String(tail), addSpecialTokens: false)
      .elementsEqual(encoding.ids[anchor..<count])
  }
}

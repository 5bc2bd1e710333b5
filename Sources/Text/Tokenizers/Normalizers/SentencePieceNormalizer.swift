internal import AnnealFiles

/// SentencePiece's own normalization (Kudo and Richardson, 2018, arXiv:1808.06226): the longest rule
/// that the bytes at a place begin with replaces them, runs of spaces become one, a space is put in
/// front, and spaces are written as `▁`.
///
/// `tokenizers` reads the same table otherwise (`PrecompiledNormalizer`) and knows only spaces, where
/// SentencePiece also drops a `▁` that a text ends with. So what was read from SentencePiece's own
/// file is written as a `Sequence` with a member that `tokenizers` passes over:
/// `"sentencepiece": {"add_dummy_prefix": true, "remove_extra_whitespaces": true,
/// "user_defined_symbols": ["<user>"]}`.
struct SentencePieceNormalizer: Normalizer {
  /// Tokens of the model that stay as they are written, wherever they stand.
  let symbols: [String]
  private let map: CharacterMap?
  private let addsSpace: Bool
  private let removesExtraSpaces: Bool
  private let kept: TokenTrie

  private static let mark = Array("▁".utf8)

  /// The normalization that a `Sequence` says in the member `sentencepiece`; nil when it has none.
  init?(_ part: TokenizerPart) throws {
    guard let settings = part.json["sentencepiece"], settings.object != nil else { return nil }
    addsSpace = settings["add_dummy_prefix"]?.bool ?? true
    removesExtraSpaces = settings["remove_extra_whitespaces"]?.bool ?? true
    let table = try part.parts("normalizers").first { $0.json["type"]?.string == "Precompiled" }
    map = try table.map { try CharacterMap($0) }
    symbols = (settings["user_defined_symbols"]?.array ?? []).compactMap(\.string)
    var kept = TokenTrie()
    for symbol in symbols where !symbol.isEmpty { kept.insert(symbol.utf8, 0) }
    self.kept = kept
  }

  func normalize(_ text: inout NormalizedText) {
    var builder = NormalizedText.Builder(text)
    text.bytes.withUnsafeBufferPointer { write($0, to: &builder) }
    var result = builder.result
    if removesExtraSpaces {
      // Marks that the text itself holds go with the spaces, as in SentencePiece.
      var end = result.bytes.count
      while end >= 3, result.bytes[end - 3..<end].elementsEqual(Self.mark) { end -= 3 }
      if end < result.bytes.count { result.trim(to: 0..<end) }
    }
    text = result
  }

  private func write(
    _ bytes: UnsafeBufferPointer<UInt8>, to builder: inout NormalizedText.Builder
  ) {
    var place = 0
    if removesExtraSpaces {
      while place < bytes.count {
        let (new, length) = next(bytes, place)
        guard new.map({ $0.elementsEqual(Self.space) }) ?? (bytes[place] == 0x20) else { break }
        place += length
      }
    }
    if place == bytes.count { return }
    if addsSpace { builder.add(Self.mark, over: place..<place + 1) }
    var followsSpace = removesExtraSpaces
    while place < bytes.count {
      let (new, length) = next(bytes, place)
      let old = place..<place + length
      place += length
      if let new {
        for byte in followsSpace ? new.drop(while: { $0 == 0x20 }) : new {
          builder.add(byte == 0x20 ? Self.mark : [byte], over: old)
        }
        if let last = new.last { followsSpace = removesExtraSpaces && last == 0x20 }
      } else {
        var start = old.lowerBound
        while followsSpace, start < old.upperBound, bytes[start] == 0x20 { start += 1 }
        for index in start..<old.upperBound {
          if bytes[index] == 0x20 {
            builder.add(Self.mark, over: index..<index + 1)
          } else {
            builder.keep(index..<index + 1)
          }
        }
        followsSpace = removesExtraSpaces && bytes[old.upperBound - 1] == 0x20
      }
    }
  }

  private static let space: [UInt8] = [0x20]

  /// What stands for the bytes at `place`, nil for themselves, and how many they are: a rule's, or
  /// else those of a symbol or a character.
  private func next(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int
  ) -> (new: ArraySlice<UInt8>?, length: Int) {
    if let symbol = kept.longestToken(in: bytes, from: place) { return (nil, symbol.length) }
    if let rule = map?.longestRule(in: bytes, from: place) { return rule }
    return (nil, min(utf8Length(lead: bytes[place]), bytes.count - place))
  }
}

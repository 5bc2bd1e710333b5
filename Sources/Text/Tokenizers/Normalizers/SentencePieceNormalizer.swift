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
        guard new.elementsEqual(CollectionOfOne(0x20)) else { break }
        place += length
      }
    }
    if place == bytes.count { return }
    if addsSpace { builder.add(Self.mark, from: place) }
    var followsSpace = removesExtraSpaces
    while place < bytes.count {
      var (new, length) = next(bytes, place)
      if followsSpace { new = new.drop { $0 == 0x20 } }
      for byte in new {
        if byte == 0x20 {
          builder.add(Self.mark, from: place)
        } else {
          builder.add(CollectionOfOne(byte), from: place)
        }
      }
      if removesExtraSpaces, let last = new.last { followsSpace = last == 0x20 }
      place += length
    }
  }

  /// What stands for the bytes at `place`, and how many they are: a symbol, a rule or a character.
  private func next(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int
  ) -> (new: ArraySlice<UInt8>, length: Int) {
    if let symbol = kept.longestToken(in: bytes, from: place) {
      return (Array(bytes[place..<place + symbol.length])[...], symbol.length)
    }
    if let rule = map?.longestRule(in: bytes, from: place) { return rule }
    let length = min(utf8Length(lead: bytes[place]), bytes.count - place)
    return (Array(bytes[place..<place + length])[...], length)
  }
}

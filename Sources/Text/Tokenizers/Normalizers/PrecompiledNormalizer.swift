internal import AnnealFiles

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The rules that SentencePiece compiles into its models.
///
/// As in `tokenizers`, whose ids are what models know that were trained with a `tokenizer.json`: a character of at most 5 bytes, with its marks,
/// is looked up as a whole, and the shortest rule that it begins with replaces all of it.
struct PrecompiledNormalizer: Normalizer {
  private let map: CharacterMap

  init(_ part: TokenizerPart) throws {
    map = try CharacterMap(part)
  }

  func normalize(_ text: inout NormalizedText) {
    var scalars: [PlacedScalar] = []
    var isChanged = false
    /// Puts a rule's text in place of `old`; false when there is no rule.
    func replace(_ old: some Collection<Unicode.Scalar>, _ bytes: some Sequence<UInt8>) -> Bool {
      guard let new = map.replacement(of: bytes) else { return false }
      isChanged = true
      let values = String(decoding: new, as: UTF8.self).unicodeScalars.map(\.value)
      let gain = values.count - old.count
      for (index, value) in values.enumerated() {
        scalars.append(PlacedScalar(value: value, change: values.count - index <= gain ? 1 : 0))
      }
      if gain < 0, let last = scalars.indices.last { scalars[last].change += gain }
      return true
    }
    for character in String(decoding: text.bytes, as: UTF8.self) {
      if character.utf8.count < 6, replace(character.unicodeScalars, character.utf8) { continue }
      for scalar in character.unicodeScalars
      where !replace(CollectionOfOne(scalar), Array(String(scalar).utf8)) {
        scalars.append(PlacedScalar(value: scalar.value, change: 0))
      }
    }
    if isChanged { text.rewrite(scalars) }
  }
}

/// A table of texts by what they replace: a trie laid out as a double array, as Darts-clone has it
/// (Yata and others, 2007), and behind it the texts, each ended by a zero.
struct CharacterMap: Sendable {
  private let units: [UInt32]
  private let texts: [UInt8]

  /// The table in `bytes`: the trie's size in bytes, the trie, both little-endian, and the texts.
  init?(_ bytes: [UInt8]) {
    func word(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
    }
    guard bytes.count >= 4 else { return nil }
    let size = Int(word(0))
    guard size % 4 == 0, size > 0, size <= bytes.count - 4 else { return nil }
    units = stride(from: 4, to: 4 + size, by: 4).map(word)
    texts = Array(bytes[(4 + size)...])
  }

  /// The table of a `Precompiled` normalizer.
  init(_ part: TokenizerPart) throws {
    let text = try part.string("precompiled_charsmap")
    guard let bytes = Data(base64Encoded: text), let map = CharacterMap(Array(bytes)) else {
      throw part.error("'precompiled_charsmap' should be a table of SentencePiece's, in base64")
    }
    self = map
  }

  /// What replaces the shortest rule that `key` begins with.
  func replacement(of key: some Sequence<UInt8>) -> ArraySlice<UInt8>? {
    var found: ArraySlice<UInt8>?
    walk(key) { text, _ in
      found = text
      return false
    }
    return found
  }

  /// What replaces the longest rule that `text` begins with at `start`, and the rule's bytes.
  func longestRule(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (new: ArraySlice<UInt8>, length: Int)? {
    var found: (new: ArraySlice<UInt8>, length: Int)?
    walk(text[start...]) { text, length in
      found = (text, length)
      return true
    }
    return found
  }

  /// Gives `body` the rules that `key` begins with, the shortest first, until it answers false.
  private func walk(_ key: some Sequence<UInt8>, _ body: (ArraySlice<UInt8>, Int) -> Bool) {
    var place = offset(units[0])
    var length = 0
    for byte in key {
      if byte == 0 { return }
      place ^= Int(byte)
      guard place < units.count, units[place] & 0x8000_00FF == UInt32(byte) else { return }
      length += 1
      let unit = units[place]
      place ^= offset(unit)
      // A unit with this bit has its value at the place that it leads to.
      guard unit & 0x100 != 0, place < units.count else { continue }
      let start = Int(units[place] & 0x7FFF_FFFF)
      guard start <= texts.count else { return }
      if !body(texts[start...].prefix(while: { $0 != 0 }), length) { return }
    }
  }

  private func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }
}

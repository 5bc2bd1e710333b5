internal import AnnealFiles

extension BPETrainer {
  /// Counts the words of the file at `path`, read part by part.
  ///
  /// The counts are those of the whole text: a part ends where no word and no special token reaches
  /// across. Only in a text without such a place for eight parts is one cut between characters.
  ///
  /// - Parameter partBytes: how much of the text is held at a time, bytes.
  /// - Throws: `AnnealError` of kind `data` when the file cannot be read.
  public mutating func feed(contentsOf path: String, partBytes: Int = 1 << 24) throws {
    let file = try InputFile(path: path)
    let seam = TextSeam(specialTokens: specialTokens)
    let partBytes = min(max(1, partBytes), 1 << 30)
    var text: [UInt8] = []
    while try file.read(partBytes, into: &text) {
      var cut = text.withUnsafeBufferPointer(seam.last)
      if cut == nil, text.count >= 8 * partBytes {
        cut = text.lastIndex { $0 & 0xC0 != 0x80 }
      }
      guard let cut, cut > 0 else { continue }
      feed(String(decoding: text[..<cut], as: UTF8.self))
      text.removeSubrange(..<cut)
    }
    feed(String(decoding: text, as: UTF8.self))
  }
}

/// Finds places at which a text may be cut in two without any word being another one for it.
///
/// Such a place is the end of a run of letters, followed by an ASCII character: each of the patterns
/// ends a word there, and none looks back.
struct TextSeam {
  private let specialTokens: [[UInt8]]
  private let longest: Int

  init(specialTokens: [String]) {
    self.specialTokens = specialTokens.map { Array($0.utf8) }.filter { $0.count > 1 }
    longest = self.specialTokens.map(\.count).max() ?? 1
  }

  /// The last such place; nil when there is none.
  func last(in text: UnsafeBufferPointer<UInt8>) -> Int? {
    // A special token that begins near the end may go on in the next part.
    var place = text.count - longest
    while place > 0 {
      if text[place] < 0x80, !isLetter(text[place]), endsWithLetter(text[..<place]),
        !isInsideSpecialToken(text, place)
      {
        return place
      }
      place -= 1
    }
    return nil
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private func endsWithLetter(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard let byte = text.last else { return false }
    if byte < 0x80 { return isLetter(byte) }
    // Ill-formed bytes become U+FFFD, which is no letter.
    let tail = Array(text.suffix(4))
    guard let start = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return false }
    let scalars = String(decoding: tail[start...], as: UTF8.self).unicodeScalars
    guard scalars.count == 1, let scalar = scalars.first else { return false }
    return CharacterClasses.shared[scalar.value].contains(.letter)
  }

  private func isInsideSpecialToken(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    specialTokens.contains { token in
      (max(0, place - token.count + 1)..<place).contains { start in
        start + token.count <= text.count
          && token.indices.allSatisfy { text[start + $0] == token[$0] }
      }
    }
  }
}

/// Cuts pieces of so many characters.
struct FixedLengthPreTokenizer: PreTokenizer {
  /// Unicode scalars a piece, at least 1.
  let length: Int

  func split(_ text: inout PieceText) { text.split(SplitPattern(self), .isolated) }
}

extension FixedLengthPreTokenizer: WordScanner {
  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    var index = start
    for _ in 0..<length where index < end { index += utf8Length(lead: text[index]) }
    return min(index, end)
  }
}

/// The spaces that a piece begins or ends with: `\A +`, ` +\z`.
struct EdgeSpaceScanner: WordScanner {
  let isAtStart: Bool

  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    // In the middle of a run there is no match: it would have begun where the run did.
    if start > 0, isAtStart || text[start - 1] == 0x20 { return start }
    var index = start
    while index < end, text[index] == 0x20 { index += 1 }
    return isAtStart || index == end ? index : start
  }
}

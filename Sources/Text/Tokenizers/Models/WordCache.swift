/// The tokens of words met before.
///
/// It holds at most `maximumWords` words and is emptied when full, so that its memory is bounded.
struct WordCache: Sendable {
  /// Longer pieces are not kept: they seldom come again.
  static let maximumLength = 128
  private static let maximumWords = 1 << 16

  private var words = ByteTable(capacity: 1 << 10)
  private var tokens: [Token] = []
  private var starts: [Int] = [0]

  /// Appends the tokens of `word` to `output`; false when it is not known.
  @inline(__always)
  func append(_ word: UnsafeBufferPointer<UInt8>, to output: inout [Token]) -> Bool {
    guard let entry = words[word] else { return false }
    let start = starts[Int(entry)]
    let end = starts[Int(entry) + 1]
    if end - start == 1 {
      output.append(tokens[start])
    } else {
      output.append(contentsOf: tokens[start..<end])
    }
    return true
  }

  /// Keeps the tokens of a word that is not known yet.
  mutating func keep(_ word: UnsafeBufferPointer<UInt8>, _ new: ArraySlice<Token>) {
    if words.count >= Self.maximumWords { self = WordCache() }
    words.set(word, Int32(truncatingIfNeeded: words.count))
    tokens.append(contentsOf: new)
    starts.append(tokens.count)
  }
}

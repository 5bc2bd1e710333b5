/// Turns ids into text one at a time, holding back what may still change.
///
/// The pieces joined equal `Tokenizer.decode` of all ids, whatever the ids are, and a stream takes time
/// in proportion to its ids. The one exception are runs of more than sixteen byte tokens (`<0x41>`) that
/// are UTF-8 at first and end otherwise: their characters have been told when that shows, where
/// `decode` makes every byte of the run U+FFFD.
///
/// How long text is held back depends on the decoder. Byte-level ones wait for the rest of a
/// character, those with byte tokens for the end of a run of them. A regular expression, or another
/// step that looks at whole pieces, behind one that joins all pieces to one (`Fuse`, `ByteLevel`)
/// waits for the end of the text.
public struct StreamDecoder: Sendable {
  /// How many byte tokens wait to be told together.
  private static let longestRun = 16

  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  private var stream: any DecoderStream

  init(_ tokenizer: Tokenizer, skipsSpecialTokens: Bool) {
    self.tokenizer = tokenizer
    self.skipsSpecialTokens = skipsSpecialTokens
    stream = tokenizer.decoder.stream(longestRun: Self.longestRun)
  }

  /// The text that `id` completes; empty while a character is incomplete.
  public mutating func push(_ id: Int) -> String {
    guard let token = tokenizer.token(of: id), !(skipsSpecialTokens && tokenizer.isSpecial(id))
    else { return "" }
    var parts: [PiecePart] = []
    stream.push(PiecePart(token), into: &parts)
    return parts.text
  }

  /// What was held back, with U+FFFD for bytes that never became a character.
  public mutating func finish() -> String {
    var parts: [PiecePart] = []
    stream.finish(into: &parts)
    stream = tokenizer.decoder.stream(longestRun: Self.longestRun)
    return parts.text
  }
}

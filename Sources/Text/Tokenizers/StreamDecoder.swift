/// Turns ids into text one at a time, holding back what may still change.
///
/// The pieces joined equal `Tokenizer.decode` of all ids, except that what a decoder does at the very
/// beginning (dropping the first space) happens once. Of bytes that are no UTF-8 only
/// a few ids are held back, so that a stream of them takes no more time than another.
public struct StreamDecoder: Sendable {
  /// No character has so many tokens; what waits so long is not going to be one.
  private static let longestWait = 16

  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  /// Ids already told, kept because their neighbours' text depends on them, and those held back.
  private var ids: [Int] = []
  /// How many of `ids` have been told.
  private var told = 0
  /// The text of the told ids.
  private var toldBytes = 0

  init(_ tokenizer: Tokenizer, skipsSpecialTokens: Bool) {
    self.tokenizer = tokenizer
    self.skipsSpecialTokens = skipsSpecialTokens
  }

  /// The text that `id` completes; empty while a character is incomplete.
  public mutating func push(_ id: Int) -> String {
    if tokenizer.token(of: id) == nil || skipsSpecialTokens && tokenizer.isSpecial(id) { return "" }
    ids.append(id)
    let bytes = Array(text(of: ids[...]).utf8)
    if bytes.count <= toldBytes || bytes.hasReplacementAtEnd {
      guard ids.count - told >= Self.longestWait else { return "" }
    }
    let new = String(decoding: bytes.dropFirst(toldBytes), as: UTF8.self)
    let kept = text(of: ids[told...]).utf8.count
    if kept > 0 {
      ids.removeFirst(told)
      toldBytes = kept
    } else {
      // Pieces without text, such as a space at the beginning, do not tell that there was text before.
      toldBytes = bytes.count
    }
    told = ids.count
    return new
  }

  /// What was held back, with U+FFFD for bytes that never became a character.
  public mutating func finish() -> String {
    let bytes = Array(text(of: ids[...]).utf8)
    let rest = String(decoding: bytes.dropFirst(toldBytes), as: UTF8.self)
    ids = []
    told = 0
    toldBytes = 0
    return rest
  }

  private func text(of ids: ArraySlice<Int>) -> String {
    tokenizer.decode(Array(ids), skipSpecialTokens: skipsSpecialTokens)
  }
}

extension [UInt8] {
  /// Whether the text ends with U+FFFD, as the start of a character does.
  fileprivate var hasReplacementAtEnd: Bool { suffix(3) == [0xEF, 0xBF, 0xBD] }
}

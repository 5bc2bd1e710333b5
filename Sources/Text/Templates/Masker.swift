/// Marks the ids that are learned.
struct Masker {
  private let encoding: BoundedEncoding
  private let encoder: ConversationEncoder
  private var mask: [Bool]
  private let scalars: [Unicode.Scalar]
  private var isClosed = false

  init(_ encoding: BoundedEncoding, text: String, encoder: ConversationEncoder) {
    self.encoding = encoding
    self.encoder = encoder
    scalars = Array(text.unicodeScalars)
    mask = Array(repeating: false, count: encoding.ids.count)
  }

  /// Marks the tokens that begin in the turn, up to the token that closes it.
  ///
  /// Only a token that ends an answer closes a turn. Other special tokens, such as the one behind a
  /// call of a tool, may end what the assistant says, but a model must still learn to stop there.
  ///
  /// - Parameter range: the turn's place, in Unicode scalars.
  mutating func learn(_ turn: TurnFinder.Turn, at range: Range<Int>) {
    let first = token(from: range.lowerBound)
    let end = token(from: range.upperBound)
    guard first < end else { return }
    isClosed = true
    let special = (first..<end).last { encoder.tokenizer.isSpecial(encoding.ids[$0]) }
      .flatMap { isSpace(from: $0 + 1, to: end) ? $0 : nil }
    if let special, encoder.endOfTurn.contains(encoding.ids[special]) {
      mark(first...special)
    } else if end < mask.count, encoder.endOfTurn.contains(encoding.ids[end]) {
      // The template's mark, or the turn itself, stops short of the token that closes it.
      mark(first...end)
    } else {
      isClosed = false
      // What a template writes behind a special token is no part of the turn, unless it says so.
      mark(first...(turn.isMarked ? end - 1 : special ?? end - 1))
    }
  }

  /// The ids and their mask; when the text ends with a learned turn that nothing closes, the end
  /// token follows, for a model that never learns to stop is of no use.
  func encoded(endsWithLearnedTurn: Bool) -> EncodedConversation {
    var encoded = EncodedConversation(ids: encoding.ids, lossMask: mask)
    if endsWithLearnedTurn, !isClosed { encoder.close(&encoded, learned: true) }
    return encoded
  }

  private mutating func mark(_ range: ClosedRange<Int>) {
    for index in range { mask[index] = true }
    // No model says what begins every text.
    if encoding.ids[0] == encoder.tokenizer.beginningOfText { mask[0] = false }
  }

  /// The first token that begins at `place` or after it.
  private func token(from place: Int) -> Int {
    var (low, high) = (0, encoding.starts.count)
    while low < high {
      let middle = (low + high) / 2
      if encoding.starts[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether the tokens from `first` up to `end` are white space.
  private func isSpace(from first: Int, to end: Int) -> Bool {
    guard first < end else { return true }
    let last = end < encoding.starts.count ? encoding.starts[end] : scalars.count
    return scalars[encoding.starts[first]..<last].allSatisfy {
      CharacterClasses.shared[$0.value].contains(.space)
    }
  }
}

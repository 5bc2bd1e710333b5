/// Marks the ids that are learned.
struct Masker {
  private let encoding: BoundedEncoding
  private let encoder: ConversationEncoder
  private var mask: [Bool]
  /// For each UTF-8 offset asked for, the Unicode scalar there.
  private let scalars: [Unicode.Scalar]
  private let text: String
  private var isClosed = false

  init(_ encoding: BoundedEncoding, text: String, encoder: ConversationEncoder) {
    self.encoding = encoding
    self.encoder = encoder
    self.text = text
    scalars = Array(text.unicodeScalars)
    mask = Array(repeating: false, count: encoding.ids.count)
  }

  /// Marks the tokens that begin in the turn, up to the token that closes it.
  mutating func learn(_ turn: TurnFinder.Turn) {
    let (from, to) = (scalar(at: turn.range.lowerBound), scalar(at: turn.range.upperBound))
    let first = token(from: from)
    let end = token(from: to)
    guard first < end else { return }
    isClosed = true
    if let closing = (first..<end).last(where: { encoder.tokenizer.isSpecial(encoding.ids[$0]) }),
      isSpace(from: closing + 1, to: end)
    {
      mark(first...closing)
    } else if end < mask.count, encoder.endOfTurn.contains(encoding.ids[end]) {
      // The template's mark, or the turn itself, stops short of the token that closes it.
      mark(first...end)
    } else {
      isClosed = false
      mark(first...(end - 1))
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

  private func scalar(at offset: Int) -> Int {
    let index = text.utf8.index(text.startIndex, offsetBy: offset)
    return text.unicodeScalars.distance(from: text.startIndex, to: index)
  }
}

/// A text on its way to the model: bytes that may have been rewritten, and where each came from.
struct NormalizedText: Sendable {
  /// Bytes of the source text, from the first to behind the last.
  struct Span: Sendable, Hashable {
    var start: Int32
    var end: Int32
  }

  /// Well-formed UTF-8.
  private(set) var bytes: [UInt8]
  /// For each byte, the source character it came from; nil when nobody will ask for offsets.
  private(set) var spans: [Span]?
  /// How many of the first bytes come from the source's first character.
  private(set) var head: Int

  /// The part of the source that lies in `range`.
  init(_ source: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, tracksSpans: Bool) {
    bytes = Array(source[range])
    head = range.lowerBound == 0 && !range.isEmpty ? utf8Length(lead: source[0]) : 0
    guard tracksSpans else { return }
    var spans: [Span] = []
    spans.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let length = utf8Length(lead: source[index])
      let span = Span(
        start: Int32(truncatingIfNeeded: index), end: Int32(truncatingIfNeeded: index + length))
      for _ in 0..<length { spans.append(span) }
      index += length
    }
    self.spans = spans
  }

  /// The source bytes that `range` came from; nil when spans are not tracked or the range is empty.
  func source(of range: Range<Int>) -> Range<Int>? {
    guard let spans, !range.isEmpty, range.upperBound <= spans.count else { return nil }
    let start = Int(spans[range.lowerBound].start)
    return start..<max(start, Int(spans[range.upperBound - 1].end))
  }

  /// The text in `range`, with its spans.
  func part(_ range: Range<Int>) -> NormalizedText {
    var copy = self
    copy.trim(to: range)
    return copy
  }

  /// Puts `text` before the first character, from which it is said to come; an empty text stays so.
  mutating func prepend(_ text: [UInt8], at index: Int = 0) {
    guard index < bytes.count else { return }
    bytes.insert(contentsOf: text, at: index)
    if index < head { head += text.count }
    if let span = spans?[index] {
      spans?.insert(contentsOf: repeatElement(span, count: text.count), at: index)
    }
  }

  /// Puts `replacement` in place of each of `matches`, which are in order and do not overlap; the new
  /// text comes from the last character of what it replaces.
  mutating func replace(_ matches: [Range<Int>], with replacement: [UInt8]) {
    guard !matches.isEmpty else { return }
    var builder = Builder(self)
    var position = 0
    for match in matches {
      builder.keep(position..<match.lowerBound)
      builder.add(replacement, from: match.upperBound - 1)
      position = match.upperBound
    }
    builder.keep(position..<bytes.count)
    self = builder.result
  }

  /// Keeps only what lies in `range`.
  mutating func trim(to range: Range<Int>) {
    bytes = Array(bytes[range])
    spans = spans.map { Array($0[range]) }
    head = max(0, min(head, range.upperBound) - range.lowerBound)
  }

  /// Writes a new text from pieces of an old one.
  struct Builder {
    private let old: NormalizedText
    private(set) var result: NormalizedText

    init(_ old: NormalizedText) {
      self.old = old
      result = old
      result.bytes = []
      result.head = 0
      result.bytes.reserveCapacity(old.bytes.count + 16)
      if old.spans != nil { result.spans = [] }
    }

    var count: Int { result.bytes.count }

    mutating func keep(_ range: Range<Int>) {
      if range.lowerBound < old.head, result.head == count {
        result.head += min(range.upperBound, old.head) - range.lowerBound
      }
      result.bytes.append(contentsOf: old.bytes[range])
      if let spans = old.spans { result.spans?.append(contentsOf: spans[range]) }
    }

    /// Adds bytes that stand for all of the old text in `range`, which is not empty.
    mutating func add(_ bytes: some Collection<UInt8>, over range: Range<Int>) {
      note(bytes.count, from: range.lowerBound)
      result.bytes.append(contentsOf: bytes)
      if let spans = old.spans {
        let span = Span(start: spans[range.lowerBound].start, end: spans[range.upperBound - 1].end)
        result.spans?.append(contentsOf: repeatElement(span, count: bytes.count))
      }
    }

    /// Adds bytes that stand for the character of the old text at `index`.
    mutating func add(_ bytes: some Collection<UInt8>, from index: Int) {
      note(bytes.count, from: index)
      result.bytes.append(contentsOf: bytes)
      if let spans = old.spans {
        let span = spans.indices.contains(index) ? spans[index] : Span(start: 0, end: 0)
        result.spans?.append(contentsOf: repeatElement(span, count: bytes.count))
      }
    }

    /// Knows new bytes that stand for the old one at `index` as the source's beginning, if that is.
    private mutating func note(_ bytes: Int, from index: Int) {
      if index < old.head, result.head == count { result.head += bytes }
    }
  }
}

/// A scalar of a rewritten text, and how it stands to the old one's scalars.
struct PlacedScalar {
  var value: UInt32
  /// How many scalars the text has gained with it: 1 for one that was added to the one before, -1
  /// for one that stands for two.
  var change: Int
}

extension NormalizedText {
  /// Puts `scalars` in place of the whole text.
  ///
  /// They are matched with the old scalars in order, so that marks that changed places keep the
  /// offsets of the places, as `tokenizers` has it.
  mutating func rewrite(_ scalars: some Sequence<PlacedScalar>) {
    var builder = Builder(self)
    var place = 0
    for scalar in scalars {
      let bytes = Unicode.Scalar(scalar.value).flatMap(UTF8.encode)
      builder.add(
        bytes ?? UTF8.encodedReplacementCharacter, from: scalar.change > 0 ? place - 1 : place)
      for _ in 0..<max(0, 1 - scalar.change) where place < self.bytes.count {
        place += utf8Length(lead: self.bytes[place])
      }
    }
    self = builder.result
  }

  /// Puts what `change` gives in place of each scalar, from which it is said to come; nil keeps it.
  mutating func mapScalars(_ change: (Unicode.Scalar) -> String?) {
    var builder = Builder(self)
    var index = 0
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let end = index + UTF8.width(scalar)
      if let new = change(scalar) {
        builder.add(new.utf8, from: index)
      } else {
        builder.keep(index..<end)
      }
      index = end
    }
    self = builder.result
  }
}

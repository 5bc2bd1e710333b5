/// A part of a passage that is never cut: a sentence, a line, or as much of one as fits a chunk.
struct Piece {
  /// How it stands behind the piece before it.
  enum Joint: String {
    case within = ""
    case space = " "
    case line = "\n"
    case paragraph = "\n\n"
  }

  var text: String
  var joint: Joint
  /// Its length with what joins it, in the measure's unit.
  var size: Int
  var section: [String]
  var isHeading: Bool
  var speaker: String?
  /// Whether a speaker's turn begins with it.
  var beginsTurn: Bool
  var marks: ArraySlice<Passage.Mark>
}

/// Cuts passages into pieces that fit `limit`.
struct PieceCutter {
  let measure: TextMeasure
  let limit: Int

  /// The pieces of `passages`, in order.
  func pieces(of passages: [Passage]) -> [Piece] {
    var pieces: [Piece] = []
    for passage in passages {
      let isTurn =
        passage.speaker != nil
        && (passage.speaker != pieces.last?.speaker || passage.section != pieces.last?.section)
      for range in units(of: passage) {
        append(range, of: passage, beginsTurn: isTurn, to: &pieces)
      }
    }
    return pieces
  }

  /// What should stay whole, in bytes of the passage's text.
  private func units(of passage: Passage) -> [Range<Int>] {
    if passage.isHeading { return [0..<passage.text.utf8.count] }
    switch passage.style {
    case .prose: return Sentences.ranges(in: passage.text)
    case .lines:
      var ranges: [Range<Int>] = []
      var start = 0
      for (place, byte) in passage.text.utf8.enumerated() where byte == 0x0A {
        ranges.append(start..<place)
        start = place + 1
      }
      return ranges + [start..<passage.text.utf8.count]
    }
  }

  private func append(
    _ range: Range<Int>, of passage: Passage, beginsTurn: Bool, to pieces: inout [Piece]
  ) {
    let bytes = passage.text.utf8
    let from = bytes.index(bytes.startIndex, offsetBy: range.lowerBound)
    let whole = passage.text[from..<bytes.index(from, offsetBy: range.count)]
    let isFirst = range.lowerBound == 0
    var joint: Piece.Joint = isFirst ? .paragraph : passage.style == .lines ? .line : .space
    var offset = range.lowerBound
    var before = ""
    for part in fitting(whole, of: passage.style) {
      defer { offset += part.utf8.count }
      let text = Self.trimmed(part, passage.style)
      // An empty line keeps its place in code; spaces alone say nothing in prose.
      guard !text.isEmpty || (passage.style == .lines && !isFirst) else { continue }
      pieces.append(
        Piece(
          text: text, joint: joint, size: size(of: text, joint, behind: before),
          section: passage.section, isHeading: passage.isHeading, speaker: passage.speaker,
          beginsTurn: beginsTurn && isFirst && offset == 0,
          marks: passage.marks(in: offset..<offset + max(1, part.utf8.count))))
      joint = part.unicodeScalars.last?.properties.isWhitespace == true ? .space : .within
      before = text
    }
  }

  /// How long `text` is; of a word that was cut, what it adds to the part before it at least.
  private func size(of text: String, _ joint: Piece.Joint, behind before: String) -> Int {
    let alone = measure.length(joint.rawValue + text)
    guard joint == .within, !before.isEmpty else { return alone }
    return max(alone, measure.length(before + text) - measure.length(before))
  }

  private static func trimmed(_ part: Substring, _ style: Passage.Style) -> String {
    var part = part
    while part.last?.isWhitespace == true { part.removeLast() }
    if style == .prose { part = part.drop { $0.isWhitespace } }
    return String(part)
  }

  /// `unit` itself, or what it is cut into at spaces when it alone is longer than a chunk.
  private func fitting(_ unit: Substring, of style: Passage.Style) -> [Substring] {
    guard measure.length(String(unit)) > limit else { return [unit] }
    var parts: [Substring] = []
    var rest = unit
    while !rest.isEmpty {
      let end = longestFitting(rest)
      parts.append(rest[..<end])
      rest = rest[end...]
    }
    return parts
  }

  /// Where the longest beginning of `text` ends that fits, after a space where there is one.
  private func longestFitting(_ text: Substring) -> Substring.Index {
    // More places are looked for only while all that were found fit: a text may be very long.
    var most = 64
    var ends = Self.ends(in: text, atMost: most)
    while ends.count == most, most < 1 << 16, fits(text, to: ends[most - 1]) {
      most *= 4
      ends = Self.ends(in: text, atMost: most)
    }
    var (low, high) = (0, ends.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if fits(text, to: ends[middle]) { low = middle } else { high = middle - 1 }
    }
    guard low < ends.count else { return text.endIndex }
    // A word that goes on is left for the next piece, unless it is far too long for one.
    guard !ends[low].isFree, let last = ends[..<low].lastIndex(where: \.isFree),
      ends[(last + 1)...].prefix(while: { !$0.isFree }).count < Self.partsOfWord
    else { return ends[low].place }
    return ends[last].place
  }

  private func fits(_ text: Substring, to end: End) -> Bool {
    measure.length(String(text[..<end.place])) <= limit
  }

  /// Where a text may be cut.
  private struct End {
    var place: Substring.Index
    /// Whether no word is cut there.
    var isFree: Bool
  }

  /// What has as many places to be cut at within it is no word, and no address either.
  private static let partsOfWord = 5

  /// Where `text` may be cut: after spaces and between letters of scripts without spaces; and, as a
  /// last resort, within what is longer than a word.
  private static func ends(in text: Substring, atMost most: Int) -> [End] {
    var ends: [End] = []
    var run = 0
    var place = text.startIndex
    while place < text.endIndex, ends.count < most {
      let character = text[place]
      place = text.index(after: place)
      run += 1
      let isFree =
        character.isWhitespace || place == text.endIndex
        || character.unicodeScalars.first.map(TextMeasure.isWritten(withoutSpaces:)) ?? false
      if isFree || run > TextMeasure.longestWord {
        ends.append(End(place: place, isFree: isFree))
        run = 0
      }
    }
    return ends
  }
}

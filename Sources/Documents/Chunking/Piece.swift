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
    for part in fitting(whole, of: passage.style) {
      defer { offset += part.utf8.count }
      let text = Self.trimmed(part, passage.style)
      // An empty line keeps its place in code; spaces alone say nothing in prose.
      guard !text.isEmpty || (passage.style == .lines && !isFirst) else { continue }
      pieces.append(
        Piece(
          text: text, joint: joint, size: measure.length(joint.rawValue + text),
          section: passage.section, isHeading: passage.isHeading, speaker: passage.speaker,
          beginsTurn: beginsTurn && isFirst && offset == 0,
          marks: passage.marks(in: offset..<offset + max(1, part.utf8.count))))
      joint = part.unicodeScalars.last?.properties.isWhitespace == true ? .space : .within
    }
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
    let ends = Self.ends(in: text)
    var (low, high) = (0, ends.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if measure.length(String(text[..<ends[middle]])) <= limit {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return ends.isEmpty ? text.endIndex : ends[low]
  }

  /// Where `text` may be cut: after spaces and between letters of scripts without spaces; between
  /// any characters of a word that is very long.
  private static func ends(in text: Substring) -> [Substring.Index] {
    var ends: [Substring.Index] = []
    var run = 0
    var place = text.startIndex
    while place < text.endIndex, ends.count < 1 << 16 {
      let character = text[place]
      place = text.index(after: place)
      run += 1
      let isFree =
        character.unicodeScalars.first.map(TextMeasure.isWritten(withoutSpaces:)) ?? false
      if character.isWhitespace || isFree || run > 200 {
        ends.append(place)
        run = 0
      }
    }
    if place == text.endIndex, ends.last != place { ends.append(place) }
    return ends
  }
}

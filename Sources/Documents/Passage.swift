/// A part of a document that belongs together: a paragraph, a turn of a speaker, a block of code.
public struct Passage: Sendable {
  /// How a passage may be divided.
  public enum Style: Sendable {
    /// Between sentences.
    case prose
    /// Between lines, whose beginnings keep their spaces.
    case lines
  }

  /// The text.
  public var text: String
  /// How it may be divided.
  public var style: Style
  /// The headings above it, outermost first.
  public var section: [String]
  /// Whether it is itself a heading, the last of `section`.
  public var isHeading = false
  /// Who speaks.
  public var speaker: String?
  /// Where its parts stand, each from its offset to that of the next.
  public var marks: [Mark] = []

  /// Where a part of a passage stands.
  public struct Mark: Sendable, Hashable {
    /// Where the part begins, in bytes of the passage's text as UTF-8.
    public var offset: Int
    /// The page, from 1.
    public var page: Int?
    /// From when to when it is said, in seconds.
    public var time: ClosedRange<Double>?
  }

  /// A passage of `text`.
  public init(
    _ text: String, _ style: Style = .prose, section: [String] = [], speaker: String? = nil
  ) {
    (self.text, self.style, self.section, self.speaker) = (text, style, section, speaker)
  }

  /// A heading, whose title is the last of `section`.
  public static func heading(_ section: [String]) -> Passage {
    var passage = Passage(section.last ?? "", section: section)
    passage.isHeading = true
    return passage
  }

  /// Appends `part` after `joint`, and marks where it stands.
  mutating func append(
    _ part: String, joint: String, page: Int? = nil, time: ClosedRange<Double>? = nil
  ) {
    if !text.isEmpty { text += joint }
    if page != nil || time != nil {
      marks.append(Mark(offset: text.utf8.count, page: page, time: time))
    }
    text += part
  }

  /// The marks of the bytes in `range`.
  func marks(in range: Range<Int>) -> ArraySlice<Mark> {
    // Of a log, each line has a mark: the last one before the bytes is found by halves.
    var (first, end) = (0, marks.count)
    while end - first > 1 {
      let middle = (first + end) / 2
      if marks[middle].offset <= range.lowerBound { first = middle } else { end = middle }
    }
    return marks[first...].prefix { $0.offset < range.upperBound }
  }
}

/// The headings that a text stands under, while it is read from its beginning.
struct SectionPath {
  private var open: [(rank: Double, title: String)] = []

  /// The titles, outermost first.
  var titles: [String] { open.map(\.title) }

  /// Takes a heading; a smaller `rank` stands further out.
  mutating func enter(_ title: String, rank: Double) {
    while let last = open.last, last.rank >= rank { open.removeLast() }
    open.append((rank, title))
  }
}

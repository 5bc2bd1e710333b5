/// Puts the pieces of a document together to chunks.
///
/// A chunk takes whole sentences as long as they fit. It ends early where a new section begins, once
/// it is half full; a heading goes with what it stands above.
public struct Chunker: Sendable {
  /// How long texts are.
  public var measure: TextMeasure
  /// The longest chunk, in the measure's unit.
  public var size: Int
  /// How much of the end of a chunk stands at the beginning of the next one too, at most.
  public var overlap: Int

  /// A chunker; `overlap` is less than `size`.
  public init(size: Int = 300, overlap: Int = 0, measure: TextMeasure = .words) {
    (self.size, self.overlap, self.measure) = (size, overlap, measure)
  }

  /// The chunks of `passages`.
  public func chunks(of passages: [Passage]) -> [Chunk] {
    let cutter = PieceCutter(measure: measure, limit: size)
    var open = OpenChunk()
    var chunks: [Chunk] = []
    for piece in cutter.pieces(of: passages) {
      if mustClose(open, before: piece) {
        let headings = open.removeTrailingHeadings()
        let full = open.pieces
        if let chunk = open.chunk() { chunks.append(chunk) }
        open = OpenChunk(continuing: full, with: headings + [piece], in: self)
      }
      open.append(piece, measure)
    }
    if let chunk = open.chunk() { chunks.append(chunk) }
    return chunks
  }

  private func mustClose(_ open: OpenChunk, before piece: Piece) -> Bool {
    guard !open.pieces.isEmpty else { return false }
    let name = piece.beginsTurn ? piece.speaker.map { measure.length($0 + ": ") } ?? 0 : 0
    if open.size + name + piece.size > size { return true }
    let begins = piece.isHeading && open.pieces.last?.isHeading == false
    return begins && open.size * 2 >= size
  }
}

/// The chunk that is being put together.
private struct OpenChunk {
  private(set) var pieces: [Piece] = []
  private(set) var size = 0
  /// How many of the pieces stood in the chunk before.
  private var carried = 0

  init() {}

  /// What follows a chunk of `full`: the sentences of its end that fit the overlap, then the headings
  /// that `next` (the last of which is not yet to be added) begins with.
  init(continuing full: [Piece], with next: [Piece], in chunker: Chunker) {
    let room = chunker.size - next.reduce(0) { $0 + $1.size }
    if let first = next.first, first.section == full.last?.section, !first.isHeading {
      var taken = 0
      for piece in full.reversed() {
        guard !piece.isHeading, piece.section == first.section,
          taken + piece.size <= min(chunker.overlap, room), pieces.count + 1 < full.count
        else { break }
        pieces.insert(piece, at: 0)
        taken += piece.size
      }
      (size, carried) = (taken, pieces.count)
    }
    for heading in next.dropLast() { append(heading, chunker.measure) }
  }

  mutating func append(_ piece: Piece, _ measure: TextMeasure) {
    if speaks(piece), let speaker = piece.speaker { size += measure.length(speaker + ": ") }
    pieces.append(piece)
    size += piece.size
  }

  /// Whether the speaker's name stands before `piece`.
  private func speaks(_ piece: Piece) -> Bool {
    piece.speaker != nil && (piece.beginsTurn || pieces.isEmpty)
  }

  /// Headings at the end belong to what follows them; a chunk of nothing else keeps them.
  mutating func removeTrailingHeadings() -> [Piece] {
    let count = pieces.reversed().prefix { $0.isHeading }.count
    guard count > 0, count < pieces.count else { return [] }
    let headings = Array(pieces.suffix(count))
    pieces.removeLast(count)
    size -= headings.reduce(0) { $0 + $1.size }
    return headings
  }

  /// The chunk; nil when nothing is in it that the one before had not.
  func chunk() -> Chunk? {
    guard pieces.count > carried else { return nil }
    var text = ""
    for (index, piece) in pieces.enumerated() {
      if index > 0 { text += piece.joint.rawValue }
      if let speaker = piece.speaker, piece.beginsTurn || index == 0 { text += speaker + ": " }
      text += piece.text
    }
    while text.last?.isNewline == true { text.removeLast() }
    while text.first?.isNewline == true { text.removeFirst() }
    guard !text.allSatisfy(\.isWhitespace) else { return nil }
    var chunk = Chunk(text: text)
    chunk.section = commonSection
    let marks = pieces.flatMap(\.marks)
    chunk.pages = Self.span(marks.compactMap(\.page).map { $0...$0 })
    chunk.time = Self.span(marks.compactMap(\.time))
    var seen: Set<String> = []
    chunk.speakers = pieces.compactMap(\.speaker).filter { seen.insert($0).inserted }
    chunk.size = size
    return chunk
  }

  private var commonSection: [String] {
    var common = pieces.first?.section ?? []
    for piece in pieces {
      common = zip(common, piece.section).prefix { $0 == $1 }.map(\.0)
    }
    return common
  }

  private static func span<Bound>(_ ranges: [ClosedRange<Bound>]) -> ClosedRange<Bound>? {
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else {
      return nil
    }
    return low...high
  }
}

internal import AnnealDatasets
internal import AnnealFiles

/// Reads the cues of subtitles, SubRip's and WebVTT's, which differ in their heads and notes alone.
struct CueReader {
  /// A line and its number in the file.
  private typealias Line = (line: Int, text: Substring)

  private let file: DocumentFile
  /// Whether comments, styles and regions may stand between the cues.
  private let hasNotes: Bool
  private(set) var cues: [Cue] = []
  private(set) var problems: [BadRow] = []
  /// The number of the last cue; nil where cues have none.
  private var number: Int?

  /// A reader of the cues of `file`; of WebVTT's alone, notes are passed over.
  init(_ file: DocumentFile, hasNotes: Bool) { (self.file, self.hasNotes) = (file, hasNotes) }

  /// Reads `lines`, whose indices are their places in the file.
  ///
  /// A line of times begins a cue, which goes on to an empty line that is not followed by more text,
  /// or to the next line of times. Names and numbers of cues stand on the line before, and are dropped.
  mutating func read(_ lines: ArraySlice<Substring>) {
    let blocks = Self.blocks(lines)
    for (place, block) in blocks.enumerated() {
      take(block, before: place + 1 < blocks.count ? blocks[place + 1] : nil)
    }
  }

  /// What stands between empty lines, and begins with no more than one line of times.
  private static func blocks(_ lines: ArraySlice<Substring>) -> [[Line]] {
    var blocks: [[Line]] = []
    var block: [Line] = []
    var areNumbered = false
    for (index, line) in zip(lines.indices, lines) {
      if line.allSatisfy(\.isWhitespace) {
        blocks.append(block)
        block = []
        continue
      }
      if isTimes(line) {
        let isNamed = block.last.map { numeral($0.text) != nil } == true
        if block.contains(where: { isTimes($0.text) }) {
          // Some writers leave the empty line out; what numbers this cue stands on the last line.
          let name = block.suffix(isNamed && areNumbered ? 1 : 0)
          blocks.append(Array(block.dropLast(name.count)))
          block = Array(name)
        } else if isNamed {
          areNumbered = true
        }
      }
      block.append((index + 1, line))
    }
    return (blocks + [block]).filter { !$0.isEmpty }
  }

  private static func isTimes(_ line: Substring) -> Bool { line.contains("-->") }

  /// The number that `line` is; nil when it is more, or none.
  private static func numeral(_ line: Substring) -> Int? {
    let text = line.trimmed
    return text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
  }

  private mutating func take(_ block: [Line], before next: [Line]?) {
    guard let first = block.first, !(hasNotes && Self.isNoCue(first.text)) else { return }
    guard let times = block.firstIndex(where: { Self.isTimes($0.text) }) else {
      return takeText(block, before: next)
    }
    if times > 0 {
      // A name is one line; what stands above it was parted from the cue before.
      takeText(Array(block[..<(times - 1)]), before: Array(block[(times - 1)...]))
      number = Self.numeral(block[times - 1].text)
    }
    do {
      guard let time = try CueTime.range(block[times].text) else {
        return refuse(block[times].line, "the arrow stands alone", block)
      }
      cues.append(Cue(time: time, lines: [], speaker: nil))
      add(block[(times + 1)...].map(\.text), to: cues.count - 1)
    } catch {
      refuse(block[times].line, error.words, block)
    }
  }

  /// Takes a block without times: more of the text of the cue above, as YouTube's captions have it,
  /// the number of the cue below, or a cue that lost its times.
  private mutating func takeText(_ block: [Line], before next: [Line]?) {
    guard let first = block.first else { return }
    guard let last = cues.indices.last else {
      guard let found = Self.numeral(first.text) else {
        return refuse(first.line, "the text stands before any times", block)
      }
      return begin(found, block, before: next)
    }
    // Where cues have no numbers, a number is said.
    guard let number, let found = Self.numeral(first.text) else {
      return add(block.map(\.text), to: last)
    }
    let isNext = found == number &+ 1 && next?.first.flatMap { Self.numeral($0.text) } != found
    if block.count > 1 || isNext || Self.beginsWithTimes(next) {
      begin(found, block, before: next)
    } else {
      add(block.map(\.text), to: last)
    }
  }

  /// Takes the block that begins with a cue's number, whose times stand in `next` if anywhere.
  private mutating func begin(_ number: Int, _ block: [Line], before next: [Line]?) {
    self.number = number
    guard block.count > 1 || !Self.beginsWithTimes(next) else { return }
    refuse(block[0].line, "the cue has no times", block)
  }

  private static func beginsWithTimes(_ block: [Line]?) -> Bool {
    block?.first.map { isTimes($0.text) } ?? false
  }

  private mutating func add(_ lines: [Substring], to cue: Int) {
    for line in lines {
      let (text, speaker) = CueText.plain(line)
      if cues[cue].speaker == nil { cues[cue].speaker = speaker }
      if !text.isEmpty { cues[cue].lines.append(text) }
    }
  }

  /// Comments, styles and regions of WebVTT.
  private static func isNoCue(_ line: Substring) -> Bool {
    let word = line.prefix { !$0.isWhitespace }
    return ["NOTE", "STYLE", "REGION", "##", "Style:"].contains(word)
      || line.hasPrefix("::cue") || line.trimmed == "}"
  }

  private mutating func refuse(_ line: Int, _ words: String, _ block: [Line]) {
    let error = AnnealError(
      .data, "\(words); a line such as 00:01:02,000 --> 00:01:04,500 is expected before the text",
      at: file.place(line: line), remedy: "Mend the cue; the others are read.")
    problems.append(
      BadRow(error, content: .string(block.map { String($0.text) }.joined(separator: "\n"))))
  }
}

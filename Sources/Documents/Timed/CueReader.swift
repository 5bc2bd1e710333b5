internal import AnnealDatasets
internal import AnnealFiles

/// Reads the cues of subtitles, SubRip's and WebVTT's, which differ in their heads alone.
struct CueReader {
  private let file: DocumentFile
  private(set) var cues: [Cue] = []
  private(set) var problems: [BadRow] = []

  init(_ file: DocumentFile) { self.file = file }

  /// Reads `lines`, of which the first has the number `first`.
  ///
  /// A line of times begins a cue, which goes on to an empty line that is not followed by more text,
  /// or to the next line of times. Names and numbers of cues stand on the line before, and are dropped.
  mutating func read(_ lines: ArraySlice<Substring>) {
    var block: [(line: Int, text: Substring)] = []
    for (index, line) in zip(lines.indices, lines) {
      if line.allSatisfy(\.isWhitespace) {
        take(block)
        block = []
      } else if line.contains("-->"), block.contains(where: { $0.text.contains("-->") }) {
        // Some writers leave the empty line out; what names this cue stands on the last line.
        let isName = block.last.map { $0.text.allSatisfy { $0.isASCII && $0.isNumber } } == true
        let name = isName ? block.suffix(1) : []
        take(Array(block.dropLast(name.count)))
        block = [(index + 1, line)]
      } else {
        block.append((index + 1, line))
      }
    }
    take(block)
  }

  private mutating func take(_ block: [(line: Int, text: Substring)]) {
    guard let first = block.first, !Self.isNoCue(first.text) else { return }
    guard let times = block.firstIndex(where: { $0.text.contains("-->") }) else {
      // A line of its own belongs to the cue above: YouTube's captions have such lines.
      let isNumbered = first.text.allSatisfy { $0.isASCII && $0.isNumber }
      if isNumbered, block.count > 1 {
        refuse(first.line, "the cue has no times", block)
      } else if !isNumbered, let last = cues.indices.last {
        add(block.map(\.text), to: last)
      } else if !isNumbered {
        refuse(first.line, "the text stands before any times", block)
      }
      return
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

  private mutating func refuse(
    _ line: Int, _ words: String, _ block: [(line: Int, text: Substring)]
  ) {
    let error = AnnealError(
      .data, "\(words); a line such as 00:01:02,000 --> 00:01:04,500 is expected before the text",
      at: file.place(line: line), remedy: "Mend the cue; the others are read.")
    problems.append(
      BadRow(error, content: .string(block.map { String($0.text) }.joined(separator: "\n"))))
  }
}

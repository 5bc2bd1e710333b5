internal import AnnealFiles

/// What was said, by speaker: `Ann: 00:01:02` or `Ann: Good morning.`, in Markdown or plain text.
public enum Transcript: DocumentKind {
  /// `transcript`.
  public static let name = "transcript"
  /// None of its own: what is in a text decides.
  public static let endings: [String] = []

  /// A text in which several lines begin with names, most of them more than once.
  public static func matches(_ file: DocumentFile) -> Bool {
    guard Markdown.endings.contains(file.ending) || PlainText.endings.contains(file.ending),
      !file.isBinary
    else { return false }
    var turns: [String: Int] = [:]
    var lines = 0
    for line in FrontMatter.removed(from: file.start).text.split(separator: "\n") {
      guard !line.allSatisfy(\.isWhitespace), !line.hasPrefix("#") else { continue }
      lines += 1
      if let name = Turn.beginning(line)?.name { turns[name, default: 0] += 1 }
    }
    let repeated = turns.values.filter { $0 > 1 }.reduce(0, +)
    return repeated >= 4 && repeated * 12 >= lines
  }

  /// The turns, under the headings they stand under.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let text = try file.text(notes: &document.notes)
    var passages: [Passage] = []
    var turn = Turn()
    for passage in Markdown.passages(of: text) {
      guard !passage.isHeading, passage.style == .prose else {
        if passage.isHeading { turn.name = nil }
        passages.append(passage)
        continue
      }
      passages += turn.passages(of: passage)
    }
    document.passages = lasting(passages)
    return document
  }

  /// `passages`, each of which lasts until the next begins.
  private static func lasting(_ passages: [Passage]) -> [Passage] {
    var passages = passages
    var next: Double?
    for place in passages.indices.reversed() {
      guard let start = passages[place].marks.first?.time?.lowerBound else { continue }
      if let next, next > start {
        for mark in passages[place].marks.indices {
          passages[place].marks[mark].time = start...next
        }
      }
      if next.map({ start < $0 }) ?? true { next = start }
    }
    return passages
  }
}

/// Who speaks at a place of a transcript, and since when.
private struct Turn {
  var name: String?
  var start: Double?

  /// The name that `line` begins with, the time that may follow it, and the rest.
  static func beginning(
    _ line: some StringProtocol
  ) -> (name: String, time: Double?, rest: String)? {
    var text = line.trimmed
    var time: Double?
    // `[00:01:02] Ann: …` has the time first.
    if text.hasPrefix("[") || text.hasPrefix("("),
      let end = text.firstIndex(where: { "])".contains($0) }),
      let seconds = CueTime.seconds(text[text.index(after: text.startIndex)..<end])
    {
      time = seconds
      text = text[text.index(after: end)...].trimmed
    }
    guard let (name, rest) = SpeakerLabel.split(text) else { return nil }
    let word = rest.prefix { !$0.isWhitespace }
    let bare = word.filter { !"[]()".contains($0) }
    if let seconds = CueTime.seconds(bare) {
      return (name, seconds, rest.dropFirst(word.count).trimmed)
    }
    return (name, time, rest)
  }

  /// What `passage` says, divided where another speaker begins.
  mutating func passages(of passage: Passage) -> [Passage] {
    var result: [Passage] = []
    for line in passage.text.split(separator: "\n") {
      var text = String(line)
      var begins = result.isEmpty
      if let (found, time, rest) = Turn.beginning(line) {
        (name, text, begins) = (found, rest, true)
        start = time ?? start
      }
      if begins {
        result.append(Passage("", section: passage.section, speaker: name))
      }
      guard !text.isEmpty else { continue }
      result[result.count - 1].append(text, joint: "\n", time: start.map { $0...$0 })
    }
    return result.filter { !$0.text.isEmpty }
  }
}

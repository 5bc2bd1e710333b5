internal import AnnealDatasets
internal import AnnealFiles

/// Logs of programs: lines of text, or of JSON with a message.
public enum ApplicationLog: DocumentKind {
  /// `log`.
  public static let name = "log"
  /// `log`, `jsonl`, `ndjson`.
  public static let endings = ["log", "jsonl", "ndjson"]

  private static let messages = ["message", "msg", "event", "log"]
  private static let times = ["time", "timestamp", "@timestamp", "ts", "datetime"]
  private static let levels = ["level", "severity", "lvl", "levelname"]

  /// Files called `.log`, and JSON lines that have a message and a time or a level.
  public static func matches(_ file: DocumentFile) -> Bool {
    guard endings.contains(file.ending), !file.isBinary else { return false }
    guard let first = file.firstObject else { return file.ending == "log" }
    return messages.contains { first[$0]?.string != nil }
      && (times + levels).contains { first[$0] != nil }
  }

  /// Its lines.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    guard file.firstObject != nil else {
      let text = try file.text(notes: &document.notes)
      document.passages = [timed(text)]
      return document
    }
    var passage = Passage("", .lines)
    try RowReader(path: file.path, kind: file.ending == "json" ? nil : .jsonl).forEach { event in
      switch event {
      case .row(let row): add(row, to: &passage)
      case .bad(let row): document.problems.append(row)
      case .note(let note): document.notes.append(note)
      }
    }
    document.passages = [passage]
    return document
  }

  /// The lines of `text`, with the times that they begin with; others are of the line before.
  private static func timed(_ text: String) -> Passage {
    var passage = Passage(text, .lines)
    var offset = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let time = LoggedTime.leading(line) {
        passage.marks.append(Passage.Mark(offset: offset, time: time...time))
      }
      offset += line.utf8.count + 1
    }
    return passage
  }

  /// Adds the time, the level and the message of `row`, and then its other fields.
  private static func add(_ row: Row, to passage: inout Passage) {
    var told: Set<String> = []
    let first = { (names: [String]) -> String? in
      guard let name = names.first(where: { row.fields[$0]?.unlessNull != nil }),
        let value = row.fields[name]
      else { return nil }
      told.insert(name)
      return value.string ?? value.text()
    }
    let (time, level, message) = (first(times), first(levels)?.uppercased(), first(messages))
    let others = row.fields.members.filter { !told.contains($0.key) }
    let words = [time, level, message].compactMap(\.self) + others.compactMap(short)
    let text = ([words.joined(separator: " ")] + others.compactMap(long)).joined(separator: "\n")
    guard !text.allSatisfy(\.isWhitespace) else { return }
    let seconds = time.flatMap(LoggedTime.seconds)
    passage.append(text, joint: "\n", time: seconds.map { $0...$0 })
  }

  /// A field in a word, `name=value`; nil when it is empty, or has several lines.
  private static func short(_ field: (key: String, value: JSON)) -> String? {
    guard let value = field.value.unlessNull else { return nil }
    guard let text = value.string else { return "\(field.key)=\(value.text())" }
    guard !text.isEmpty, !text.contains("\n") else { return nil }
    return "\(field.key)="
      + (text.contains(where: \.isWhitespace) ? JSON.string(text).text() : text)
  }

  /// A field that has several lines, such as the trace of a stack, below the others.
  private static func long(_ field: (key: String, value: JSON)) -> String? {
    guard let text = field.value.string, text.contains("\n") else { return nil }
    return "\(field.key):\n\(text)"
  }
}

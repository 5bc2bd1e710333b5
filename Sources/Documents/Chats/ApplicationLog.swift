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
      document.passages = [Passage(text, .lines)]
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

  private static func add(_ row: Row, to passage: inout Passage) {
    let first = { (names: [String]) in
      names.compactMap { row.fields[$0]?.unlessNull }.first.map { $0.string ?? $0.text() }
    }
    let time = first(times)
    let line = [time, first(levels)?.uppercased(), first(messages)].compactMap(\.self)
      .joined(separator: " ")
    let seconds = time.flatMap(LoggedTime.seconds)
    passage.append(line, joint: "\n", time: seconds.map { $0...$0 })
  }
}

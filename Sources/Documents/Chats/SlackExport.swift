internal import AnnealDatasets
internal import AnnealFiles

/// Days of a channel, as Slack exports them: a folder a channel, and `users.json` beside the folders.
public enum SlackExport: DocumentKind {
  /// `slack`.
  public static let name = "slack"
  /// `json`.
  public static let endings = ["json"]

  /// Arrays of messages with `type`, `ts` and `text`.
  public static func matches(_ file: DocumentFile) -> Bool {
    guard endings.contains(file.ending), let first = file.firstObject else { return false }
    return first["type"]?.string == "message" && first["ts"] != nil
  }

  /// What people wrote; who joined and left is passed over.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let folder = Folder.parent(of: file.path) ?? "."
    let names = users(beside: folder)
    let channel = ["#" + Folder.name(of: Folder.resolved(folder))]
    var chat = ChatPassages()
    try RowReader(path: file.path).forEach { event in
      switch event {
      case .row(let row):
        guard row.fields["subtype"] == nil, let text = row.fields["text"]?.string else { return }
        let profile = row.fields["user_profile"]
        let id = row.fields["user"]?.string ?? "someone"
        let name =
          [profile?["real_name"], profile?["display_name"]].compactMap { $0?.string }
          .first { !$0.isEmpty } ?? names[id] ?? id
        let time = row.fields["ts"]?.string.flatMap { Double($0) } ?? row.fields["ts"]?.number
        chat.add(
          plain(text, names), by: name, at: time.flatMap { $0.isFinite ? $0 : nil },
          section: channel)
      case .bad(let row): document.problems.append(row)
      case .note(let note): document.notes.append(note)
      }
    }
    document.passages = chat.passages
    return document
  }

  /// The names of the people of the export, by their ids.
  private static func users(beside folder: String) -> [String: String] {
    let path = (Folder.parent(of: Folder.resolved(folder)) ?? ".") + "/users.json"
    guard Folder.holdsFile(path), let rows = try? RowReader(path: path).rows() else { return [:] }
    var names: [String: String] = [:]
    for row in rows {
      guard let id = row.fields["id"]?.string else { continue }
      names[id] = row.fields["real_name"]?.string ?? row.fields["name"]?.string
    }
    return names
  }

  /// `text` without Slack's marks: `<@U1>`, `<https://a.b|words>`.
  private static func plain(_ text: String, _ names: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      result += rest[..<open]
      let mark = rest[rest.index(after: open)..<close]
      let words = mark.split(separator: "|", maxSplits: 1)
      if mark.hasPrefix("@") {
        result += "@" + (names[String(words.first?.dropFirst() ?? "")] ?? String(mark.dropFirst()))
      } else {
        result += words.last.map(String.init) ?? ""
      }
      rest = rest[rest.index(after: close)...]
    }
    return Entities.decoded((result + rest)[...])
  }
}

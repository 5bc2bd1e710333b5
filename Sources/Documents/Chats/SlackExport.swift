internal import AnnealDatasets
internal import AnnealFiles

/// Days of a channel, as Slack exports them: a folder a channel, and `users.json` beside the folders.
public enum SlackExport: DocumentKind {
  /// `slack`.
  public static let name = "slack"
  /// `json`.
  public static let endings = ["json"]

  /// What Slack notes in a channel and nobody wrote, by its `subtype`.
  ///
  /// Messages of other subtypes are what people and programs wrote, such as a reply that is sent to
  /// the channel too.
  private static let notices: Set<String> = [
    "app_conversation_join", "bot_add", "bot_disable", "bot_enable", "bot_remove",
    "channel_archive", "channel_canvas_updated", "channel_convert_to_private",
    "channel_convert_to_public", "channel_join", "channel_leave", "channel_name",
    "channel_posting_permissions", "channel_purpose", "channel_topic", "channel_unarchive",
    "ekm_access_denied", "group_archive", "group_join", "group_leave", "group_name",
    "group_purpose", "group_topic", "group_unarchive", "huddle_thread", "joiner_notification",
    "joiner_notification_for_inviter", "pinned_item", "reminder_add", "reminder_delete",
    "sh_room_created", "tombstone", "unpinned_item",
  ]

  /// Arrays of messages with `type`, `ts` and `text`.
  public static func matches(_ file: DocumentFile) -> Bool {
    guard endings.contains(file.ending), let first = file.firstObject else { return false }
    return first["type"]?.string == "message" && first["ts"] != nil
  }

  /// What people and programs wrote; who joined and left is counted and left out.
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
        if let subtype = row.fields["subtype"]?.string, notices.contains(subtype) {
          document.leftOut[subtype, default: 0] += 1
          return
        }
        let message = SlackMessage(row.fields)
        if message.previews > 0 {
          document.leftOut["previews of links", default: 0] += message.previews
        }
        guard !message.text.isEmpty else {
          document.leftOut["messages without text", default: 0] += 1
          return
        }
        let time = row.fields["ts"]?.string.flatMap { Double($0) } ?? row.fields["ts"]?.number
        chat.add(
          plain(message.text, names), by: author(of: row.fields, names),
          at: time.flatMap { $0.isFinite ? $0 : nil }, section: channel)
      case .bad(let row): document.problems.append(row)
      case .note(let note): document.notes.append(note)
      }
    }
    document.passages = chat.passages
    return document
  }

  /// The name of who wrote a message; programs bring their own.
  private static func author(of message: JSON, _ names: [String: String]) -> String {
    let profile = message["user_profile"]
    let id = message["user"]?.string
    let known = [
      profile?["real_name"]?.string, profile?["display_name"]?.string, id.flatMap { names[$0] },
      message["username"]?.string, message["bot_profile"]?["name"]?.string, id,
    ]
    return known.compactMap(\.self).first { !$0.isEmpty } ?? "someone"
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

  /// What a mark of Slack says, such as `@U1`, `#C1|kilns`, `!here` or `https://a.b|words`.
  private static func words(of mark: Substring, _ names: [String: String]) -> String {
    let parts = mark.split(separator: "|", maxSplits: 1)
    guard let target = parts.first, let first = target.first else { return "" }
    let words = parts.dropFirst().first
    switch first {
    case "@":
      return "@" + (names[String(target.dropFirst())] ?? String(words ?? target.dropFirst()))
    case "#": return "#" + (words ?? target.dropFirst())
    case "!": return words.map(String.init) ?? "@" + target.dropFirst()
    default:
      guard let words else { return String(target) }
      // Words that are the address itself say it already.
      let before = target.dropLast(words.count)
      let isAddress = before.isEmpty || before.hasSuffix("://") || before.hasSuffix(":")
      if isAddress, target.hasSuffix(words) { return String(words) }
      return "\(words) (\(target))"
    }
  }

  /// `text` without Slack's marks: `<@U1>`, `<https://a.b|words>`.
  private static func plain(_ text: String, _ names: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      result += rest[..<open]
      let mark = rest[rest.index(after: open)..<close]
      result += Self.words(of: mark, names)
      rest = rest[rest.index(after: close)...]
    }
    return Entities.decoded((result + rest)[...])
  }
}

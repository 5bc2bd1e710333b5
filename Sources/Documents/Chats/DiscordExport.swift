internal import AnnealFiles

/// Channels of Discord, as DiscordChatExporter writes them in JSON.
public enum DiscordExport: DocumentKind {
  /// `discord`.
  public static let name = "discord"
  /// `json`.
  public static let endings = ["json"]

  /// The types of messages that people and programs wrote: 20 and 23 are answers to commands, and 21
  /// begins a thread; DiscordChatExporter has no names for them.
  private static let written: Set<String> = [
    "Default", "Reply", "20", "21", "23", "ThreadStarterMessage",
  ]

  /// Objects with `guild`, `channel` and then `messages`.
  public static func matches(_ file: DocumentFile) -> Bool {
    let start = file.start.prefix(4096)
    return endings.contains(file.ending) && start.trimmed.hasPrefix("{")
      && start.contains("\"guild\"") && start.contains("\"channel\"")
  }

  /// What people and programs wrote; who joined and what was pinned is counted and left out.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let text = try file.text(notes: &document.notes)
    let export = try JSON(parsing: text, file: file.source)
    guard let messages = export["messages"]?.array else {
      throw AnnealError(
        .data, "there is no array 'messages'; DiscordChatExporter writes one",
        at: file.place(field: "messages"), remedy: "Export the channel again, as JSON.")
    }
    let section = [
      export["guild"]?["name"]?.string, export["channel"]?["name"]?.string.map { "#" + $0 },
    ]
    .compactMap(\.self)
    var chat = ChatPassages()
    for message in messages {
      let type = message["type"]?.string ?? "Default"
      guard written.contains(type) else {
        document.leftOut[type, default: 0] += 1
        continue
      }
      let (text, previews) = words(of: message)
      if previews > 0 { document.leftOut["previews of links", default: 0] += previews }
      guard !text.isEmpty else {
        document.leftOut["messages without text", default: 0] += 1
        continue
      }
      let author = message["author"]
      let name = [author?["nickname"], author?["name"]].compactMap { $0?.string }.first {
        !$0.isEmpty
      }
      let time = message["timestamp"]?.string.flatMap(LoggedTime.seconds)
      chat.add(text, by: name ?? "someone", at: time, section: section)
    }
    document.passages = chat.passages
    return document
  }

  /// What a message says, also in what a program shows below it, and how many previews of linked
  /// pages were left out: nobody wrote them in the channel.
  private static func words(of message: JSON) -> (text: String, previews: Int) {
    let content = message["content"]?.string ?? ""
    let embeds = message["embeds"]?.array ?? []
    let written = embeds.filter { embed in
      guard let address = embed["url"]?.string, !address.isEmpty else { return true }
      return !content.contains(address)
    }
    let shown = written.flatMap { embed in
      [embed["title"]?.string ?? "", embed["description"]?.string ?? ""]
        + (embed["fields"]?.array ?? []).map { ChatWords.field($0["name"], $0["value"]) }
    }
    return (ChatWords.joined([content] + shown), embeds.count - written.count)
  }
}

internal import AnnealFiles

/// Channels of Discord, as DiscordChatExporter writes them in JSON.
public enum DiscordExport: DocumentKind {
  /// `discord`.
  public static let name = "discord"
  /// `json`.
  public static let endings = ["json"]

  /// The types of messages that people and programs wrote: 20 and 23 are answers to commands, for
  /// which DiscordChatExporter has no names.
  private static let written: Set<String> = ["Default", "Reply", "20", "23"]

  /// Objects with `guild`, `channel` and then `messages`.
  public static func matches(_ file: DocumentFile) -> Bool {
    let start = file.start.prefix(4096)
    return endings.contains(file.ending) && start.trimmed.hasPrefix("{")
      && start.contains("\"guild\"") && start.contains("\"channel\"")
  }

  /// What people wrote; who joined and what was pinned is counted and left out.
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
      let content = message["content"]?.string ?? ""
      guard written.contains(type), !content.allSatisfy(\.isWhitespace) else {
        let what = written.contains(type) ? "messages without text" : type
        document.leftOut[what, default: 0] += 1
        continue
      }
      let author = message["author"]
      let name = [author?["nickname"], author?["name"]].compactMap { $0?.string }.first {
        !$0.isEmpty
      }
      let time = message["timestamp"]?.string.flatMap(LoggedTime.seconds)
      chat.add(content, by: name ?? "someone", at: time, section: section)
    }
    document.passages = chat.passages
    return document
  }
}

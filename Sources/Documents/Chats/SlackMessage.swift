internal import AnnealFiles

/// What a message of Slack says: its text, or its blocks where it has none, and what is attached.
struct SlackMessage {
  /// The words, with the marks of Slack's texts, such as `<@U1>`; empty when it says nothing.
  let text: String
  /// How many previews of linked pages were left out: nobody wrote them in the channel.
  let previews: Int

  /// What Slack writes for an attachment of blocks.
  private static let nothing = "[no preview available]"

  init(_ message: JSON) {
    let attachments = message["attachments"]?.array ?? []
    let written = attachments.filter { !Self.isPreview($0) }
    previews = attachments.count - written.count
    text = ChatWords.joined([Self.words(of: message)] + written.map(Self.words(ofAttachment:)))
  }

  /// Whether Slack made `attachment` of a page that is linked to; messages that are shared, and what
  /// programs show of their links, were written.
  private static func isPreview(_ attachment: JSON) -> Bool {
    attachment["from_url"]?.string != nil
      && !["is_msg_unfurl", "is_share", "is_app_unfurl"].contains { attachment[$0]?.bool == true }
  }

  /// The text of a message or an attachment; its blocks say the same, and stand alone where it has
  /// none.
  private static func words(of part: JSON) -> String {
    let text = text(of: part["text"])
    guard text.allSatisfy(\.isWhitespace) else { return text }
    return ChatWords.joined((part["blocks"]?.array ?? []).map(words(ofBlock:)))
  }

  private static func words(ofAttachment attachment: JSON) -> String {
    let fields = attachment["fields"]?.array ?? []
    let heads = [text(of: attachment["pretext"]), text(of: attachment["title"])]
    let words = ChatWords.joined(
      heads + [words(of: attachment)]
        + fields.map { ChatWords.field($0["title"], $0["value"]) })
    guard words.isEmpty else { return words }
    let fallback = text(of: attachment["fallback"])
    return fallback == nothing ? "" : fallback
  }

  /// The words of a block: a section, a head, a context, or what a person wrote with marks of style.
  private static func words(ofBlock block: JSON) -> String {
    guard block["type"] != "rich_text" else { return words(ofRichText: block) }
    // Buttons and menus have words, too, but say nothing.
    let elements = block["type"] == "context" ? block["elements"] : nil
    let parts = (block["fields"]?.array ?? []) + (elements?.array ?? [])
    return ChatWords.joined(
      [text(of: block["text"]), text(of: block["title"])] + parts.map { text(of: $0) })
  }

  /// A text, or the text of an object that holds one; empty when there is none.
  private static func text(of part: JSON?) -> String { part?.string ?? part?["text"]?.string ?? "" }

  /// The words of rich text: of its sections and lists in lines of their own, of a section in one.
  private static func words(ofRichText part: JSON) -> String {
    guard let elements = part["elements"]?.array else { return mark(of: part) }
    let areLines = part["type"] == "rich_text" || part["type"] == "rich_text_list"
    return elements.map(words(ofRichText:)).joined(separator: areLines ? "\n" : "")
  }

  /// An element of rich text as Slack's texts write it.
  private static func mark(of element: JSON) -> String {
    let text = element["text"]?.string.map(escaped)
    switch element["type"]?.string {
    case "link":
      guard let address = element["url"]?.string.map(escaped) else { return text ?? "" }
      return "<" + address + (text.map { "|" + $0 } ?? "") + ">"
    case "user": return element["user_id"]?.string.map { "<@\(escaped($0))>" } ?? ""
    case "channel": return element["channel_id"]?.string.map { "<#\(escaped($0))>" } ?? ""
    case "broadcast": return element["range"]?.string.map { "<!\(escaped($0))>" } ?? ""
    case "emoji": return element["name"]?.string.map { ":\(escaped($0)):" } ?? ""
    default: return text ?? element["fallback"]?.string.map(escaped) ?? ""
    }
  }

  /// `text` as it stands between marks.
  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}

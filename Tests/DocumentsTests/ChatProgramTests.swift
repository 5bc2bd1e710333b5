import AnnealFiles
import Testing

@testable import AnnealDocuments

/// What programs write in chats.
@Suite struct ChatProgramTests {
  private func slack(_ message: String) async throws -> Document {
    try await document(
      #"[{"type": "message", "ts": "1", "user": "U1", "# + message
        + #"}, {"type": "message", "ts": "2", "user": "U2", "text": "Ok."}]"#, "2026-01-01.json")
  }

  @Test(arguments: [
    (
      #""text": "Look", "attachments": [{"title": "Ticket 7", "text": "It burns", "fallback": "no"}]"#,
      "Look\nTicket 7\nIt burns"
    ),
    (
      #""text": "It burns", "attachments": [{"text": "It burns "}, {"fallback": "Call <@U9>"}]"#,
      "It burns\nCall @U9"
    ),
    (
      #""attachments": [{"pretext": "Alarm", "fields": [{"title": "Heat", "value": "1200"}]}]"#,
      "Alarm\nHeat: 1200"
    ),
    (
      ##""attachments": [{"fallback": "[no preview available]", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Kiln 3"}}, {"type": "divider"}]}]"##,
      "Kiln 3"
    ),
    (
      #""text": "See", "attachments": [{"from_url": "https://a.b", "is_share": true, "text": "Said before"}]"#,
      "See\nSaid before"
    ),
    (
      #""blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*Hot* &amp; dry"}, "fields": [{"type": "mrkdwn", "text": "<https://a.b|log>"}]}, {"type": "actions", "elements": [{"type": "button", "text": {"text": "Go"}}]}, {"type": "context", "elements": [{"type": "mrkdwn", "text": "by the meter"}]}]"#,
      "*Hot* & dry\nlog (https://a.b)\nby the meter"
    ),
  ])
  func `of a message of Slack, what is attached and what stands in blocks is kept`(
    message: String, text: String
  ) async throws {
    let read = try await slack(message)
    #expect(read.passages.map(\.text) == [text, "Ok."])
    #expect(read.leftOut.isEmpty)
  }

  @Test func `rich text of Slack alone is read as its text would be`() async throws {
    let read = try await slack(
      #"""
      "blocks": [{"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [
          {"type": "text", "text": "a < b & "}, {"type": "user", "user_id": "U9"},
          {"type": "text", "text": " "}, {"type": "link", "url": "https://a.b/?c&d", "text": "it"},
          {"type": "emoji", "name": "fire"}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
          {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
          {"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "here"}]}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x <y> &amp;"}]}]}]
      """#)
    #expect(
      read.passages.map(\.text) == [
        "a < b & @U9 it (https://a.b/?c&d):fire:\none\n@here\nx <y> &amp;", "Ok.",
      ])
    #expect(read.leftOut.isEmpty)
  }

  @Test func `previews of pages that Slack links to are counted, and messages of nothing`()
    async throws
  {
    let read = try await slack(
      #""text": "See <https://a.b>", "attachments": [{"from_url": "https://a.b", "title": "A", "text": "Of the page"}]"#
    )
    #expect(read.passages.map(\.text) == ["See https://a.b", "Ok."])
    #expect(read.leftOut == ["previews of links": 1])
    for empty in [
      #""attachments": "x", "blocks": 7"#, #""attachments": [7, {"text": null}], "blocks": [[]]"#,
      #""attachments": [{"fallback": "[no preview available]"}]"#,
      #""blocks": [{"type": "actions", "elements": [{"text": {"text": "Go"}}]}]"#,
    ] {
      let read = try await slack(empty)
      #expect(read.passages.map(\.text) == ["Ok."])
      #expect(read.leftOut == ["messages without text": 1])
    }
  }

  @Test func `what programs show in Discord is kept, and previews of links are counted`()
    async throws
  {
    let read = try await document(
      #"""
      {"guild": {"name": "Glass"}, "channel": {"name": "help"}, "messages": [
      {"type": "Default", "content": "", "author": {"name": "meter", "isBot": true}, "embeds": [
        {"title": "Kiln 3", "url": "https://k.l", "description": "Too hot.", "fields": [{"name": "Heat", "value": "1200"}]},
        {"title": "", "description": "Too hot."}]},
      {"type": "Default", "content": "Read https://a.b/c now", "author": {"name": "ann"}, "embeds": [
        {"title": "A page", "url": "https://a.b/c", "description": "Of glass."}]},
      {"type": "ThreadStarterMessage", "content": "Why?", "author": {"name": "bo"}, "embeds": []},
      {"type": "21", "content": "So.", "author": {"name": "cy"}, "embeds": null},
      {"type": "Default", "content": " ", "author": {"name": "bo"}, "embeds": [{"title": null}, 7]},
      {"type": "ChannelPinnedMessage", "content": "pinned", "author": {"name": "bo"}}]}
      """#, "export.json")
    #expect(
      read.passages.map(\.text) == [
        "Kiln 3\nToo hot.\nHeat: 1200", "Read https://a.b/c now", "Why?", "So.",
      ])
    #expect(
      read.leftOut == [
        "previews of links": 1, "messages without text": 1, "ChannelPinnedMessage": 1,
      ])
  }
}

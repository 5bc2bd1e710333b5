import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDocuments

@Suite struct ChatTests {
  @Test func `a log of requests becomes conversations, each at its full length`() async throws {
    let ask = { (messages: String) in #"{"request": {"messages": [\#(messages)]}, "# }
    let hello = #"{"role": "user", "content": "Hello"}"#
    let hi = #"{"role": "assistant", "content": "Hi"}"#
    let more = #"{"role": "user", "content": "More"}"#
    let read = try await document(
      ask(hello)
        + #""response": {"choices": [{"message": {"role": "assistant", "content": "Hi", "refusal": null}}]}}"#
        + "\n"
        + ask("\(hello), \(hi), \(more)")
        + #""response": {"choices": [{"message": {"content": "Sure"}}]}}"# + "\n"
        + ask(hello) + #""response": {"error": {"message": "rate limit"}}}"# + "\n"
        + "not json\n", "log.jsonl")
    #expect(read.conversations.count == 1)
    #expect(
      read.conversations.first?.messages.compactMap { $0["content"]?.string } == [
        "Hello", "Hi", "More", "Sure",
      ])
    #expect(read.conversations.first?.messages.last?["role"] == "assistant")
    #expect(read.problems.compactMap(\.error.place?.line) == [3, 4])
    #expect(read.problems.first?.error.message.contains("rate limit") == true)
  }

  @Test(arguments: [
    #"{"prompt": "Hello", "choices": [{"text": "Hi"}]}"#,
    #"{"request": {"body": {"messages": [{"role": "user", "content": "Hello"}]}}, "response": {"body": {"choices": [{"message": {"role": "assistant", "content": "Hi"}}]}}}"#,
    #"{"request": {"input": "Hello"}, "response": {"output": [{"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}]}}"#,
    #"{"request": "{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}", "response": "{\"choices\": [{\"message\": {\"content\": \"Hi\"}}]}"}"#,
    #"{"messages": [{"role": "user", "content": "Hello"}], "response": "Hi"}"#,
  ])
  func `requests and replies are found in every shape`(line: String) async throws {
    let read = try await document(line + "\n" + line + "\n", "log.jsonl")
    #expect(
      read.conversations.map { $0.messages.compactMap { $0["content"]?.string } } == [
        ["Hello", "Hi"]
      ])
  }

  @Test(arguments: [
    #"{"content": null}"#, #"{"role": "assistant", "content": " "}"#,
    #"{"content": [{"type": "text", "text": ""}], "tool_calls": []}"#,
    #"{"content": null, "refusal": "I will not."}"#,
  ])
  func `a reply that says nothing is told, and makes no conversation`(message: String)
    async throws
  {
    let asked = #"{"messages": [{"role": "user", "content": "Hello"}], "#
    let read = try await document(
      asked + #""choices": [{"message": \#(message)}]}"# + "\n" + asked + #""response": "Hi"}"#,
      "log.jsonl")
    #expect(read.conversations.map { $0.messages.last?["content"]?.string } == ["Hi"])
    #expect(read.problems.compactMap(\.error.place?.line) == [1])
    #expect(read.problems.first?.error.message.contains("content or tool_calls") == true)
  }

  @Test func `a reply that calls a tool says enough`() async throws {
    let read = try await document(
      #"{"messages": [{"role": "user", "content": "Heat?"}], "choices": [{"message": {"content": null, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "heat", "arguments": "{}"}}]}}]}"#,
      "log.jsonl")
    #expect(read.conversations.count == 1 && read.problems.isEmpty)
  }

  @Test func `of Slack, all that was written is kept and the rest is counted`() async throws {
    let read = try await document(
      #"""
      [{"type": "message", "ts": "1", "user": "U1", "subtype": "thread_broadcast", "text": "To all."},
       {"type": "message", "ts": "2", "user": "U1", "subtype": "me_message", "text": "nods"},
       {"type": "message", "ts": "3", "user": "U2", "subtype": "file_share", "text": "The plan."},
       {"type": "message", "ts": "4", "subtype": "bot_message", "username": "alarm", "text": "", "attachments": [{"fallback": "Too hot."}]},
       {"type": "message", "ts": "5", "user": "U2", "subtype": "channel_join", "text": "joined"},
       {"type": "message", "ts": "6", "user": "U3", "subtype": "channel_join", "text": "joined"},
       {"type": "message", "ts": "7", "user": "U3", "text": "", "files": [{}]}]
      """#, "2026-01-01.json")
    #expect(read.passages.map(\.text) == ["To all.\nnods", "The plan.", "Too hot."])
    #expect(read.passages.map(\.speaker) == ["U1", "U2", "alarm"])
    #expect(read.leftOut == ["channel_join": 2, "messages without text": 1])
  }

  @Test func `a day of Slack has names, a channel and no marks`() async throws {
    let folder = try TemporaryFolder()
    try Folder.create(folder.path + "/kilns")
    try folder.write(
      #"[{"id": "U1", "real_name": "Ann Lee"}, {"id": "U2", "name": "bo"}]"#, to: "users.json")
    let path = try folder.write(
      #"""
      [{"type": "message", "user": "U1", "ts": "1700000000.5", "text": "Look <@U2>: <https://a.b|the log> &amp; more"},
       {"type": "message", "subtype": "channel_join", "user": "U2", "ts": "1700000001.0", "text": "joined"},
       {"type": "message", "user": "U2", "ts": "1700000060.0", "text": "Seen."}]
      """#, to: "kilns/2026-01-01.json")
    let read = try await document(at: path)
    #expect(read.passages.map(\.text) == ["Look @bo: the log (https://a.b) & more", "Seen."])
    #expect(read.passages.map(\.speaker) == ["Ann Lee", "bo"])
    #expect(read.passages.first?.section == ["#kilns"])
    #expect(read.passages.first?.marks.first?.time == 1_700_000_000.5...1_700_000_000.5)
  }

  @Test(arguments: [
    ("<https://x.org/a|this>", "this (https://x.org/a)"), ("<https://x.org>", "https://x.org"),
    ("<https://x.org|x.org>", "x.org"), ("<mailto:a@b.c|a@b.c>", "a@b.c"),
    ("<https://x.org/a/page|page>", "page (https://x.org/a/page)"), ("<#C1|kilns>", "#kilns"),
    ("<!here> look", "@here look"), ("<!subteam^S1|@team>", "@team"), ("<@U7>", "@U7"),
    ("<@U7|bo>", "@bo"), ("<> a", "a"),
  ])
  func `marks of Slack say where they lead`(mark: String, text: String) async throws {
    let message: JSON = [
      ["type": "message", "user": "U1", "ts": "1700000000.5", "text": .string(mark)]
    ]
    let read = try await document(message.text(), "2026-01-01.json")
    #expect(read.passages.map(\.text) == [text])
  }

  @Test func `an export of Discord is read`() async throws {
    let read = try await document(
      #"""
      {"guild": {"name": "Glass"}, "channel": {"name": "help"}, "messages": [
      {"type": "Default", "timestamp": "2024-03-05T14:07:09.250+01:00", "content": "How hot?", "author": {"name": "ann", "nickname": "Ann"}},
      {"type": "ChannelPinnedMessage", "content": "pinned", "author": {"name": "bo"}},
      {"type": "20", "timestamp": "2024-03-05T13:07:30Z", "content": "1200 degrees", "author": {"name": "meter"}},
      {"type": "Reply", "timestamp": "2024-03-05T13:08:00Z", "content": "Very.", "author": {"name": "bo", "nickname": ""}}]}
      """#, "export.json")
    #expect(read.passages.map(\.text) == ["How hot?", "1200 degrees", "Very."])
    #expect(read.passages.map(\.speaker) == ["Ann", "meter", "bo"])
    #expect(read.leftOut == ["ChannelPinnedMessage": 1])
    #expect(read.passages.first?.section == ["Glass", "#help"])
    #expect(read.passages.first?.marks.first?.time?.lowerBound == 1_709_644_029.25)
  }

  @Test(arguments: [
    "31/12/2020, 22:15 - Ann Lee: Hello\nand more\n31/12/2020, 22:16 - Bo: Hi\n31/12/2020, 22:17 - Bo added Cara\n31/12/2020, 22:18 - Bo: <Media omitted>\n",
    "[31.12.20, 22:15:30] Ann Lee: Hello\nand more\n[31.12.20, 22:16:00] Bo: Hi\n[31.12.20, 22:16:10] Bo: \u{200E}<image omitted>\n",
    "12/31/20, 10:15\u{202F}PM - Ann Lee: Hello\nand more\n12/31/20, 10:16\u{202F}PM - Bo: Hi\n",
  ])
  func `chats of WhatsApp are read`(text: String) async throws {
    let read = try await document(text, "chat.txt")
    #expect(read.passages.map(\.text) == ["Hello\nand more", "Hi"])
    #expect(read.passages.map(\.speaker) == ["Ann Lee", "Bo"])
  }

  @Test func `notes and lost pictures of WhatsApp are counted`() async throws {
    let read = try await document(
      "31/12/2020, 22:15 - Ann: Hello\n31/12/2020, 22:16 - Ann added Bo\n31/12/2020, 22:17 - Bo: <Media omitted>\n",
      "chat.txt")
    #expect(read.passages.map(\.text) == ["Hello"])
    #expect(read.leftOut == ["notes of WhatsApp": 1, "messages without text": 1])
  }

  @Test(arguments: [
    ("12/03/2024, 09:16 - Ann: a\n13/03/2024, 10:00 - Bo: b\n", 1_710_234_960.0),
    ("3/12/24, 9:16 AM - Ann: a\n3/13/24, 9:17 PM - Bo: b\n", 1_710_234_960),
    ("[12.03.24, 09:16:05] Ann: a\n[12.03.24, 09:17:00] Bo: b\n", 1_710_234_965),
    ("\u{200E}[2024-03-12, 9:16:05 AM] Ann: a\n[2024-03-13, 9:17:00 PM] Bo: b\n", 1_710_234_965),
    ("12/3/24, 12:16 am - Ann: a\n1/4/24, 9:17 pm - Bo: b\n", 1_710_202_560),
  ])
  func `the dates of a whole chat of WhatsApp tell its times`(text: String, first: Double)
    async throws
  {
    let read = try await document(text, "chat.txt")
    #expect(read.passages.first?.marks.first?.time == first...first)
    #expect(read.passages.last?.marks.first?.time != nil && read.notes.isEmpty)
  }

  @Test func `dates that may be read in two ways give no times, and a note`() async throws {
    let read = try await document(
      "01/02/2024, 09:16 - Ann: a\n01/02/2024, 09:17 - Bo: b\n", "chat.txt")
    #expect(read.passages.count == 2 && read.passages.allSatisfy { $0.marks.isEmpty })
    #expect(read.notes.map { $0.message.contains("cannot be told") } == [true])
  }

  @Test func `what stands for a picture beside words of WhatsApp is counted`() async throws {
    let read = try await document(
      "31/12/2020, 22:15 - Ann: Yes <Media omitted>\n31/12/2020, 22:16 - Bo: a < b <This message was edited>\n",
      "chat.txt")
    #expect(read.passages.map(\.text) == ["Yes", "a < b"])
    #expect(read.leftOut == ["pictures and files": 1])
  }

  @Test func `lines of a log that begin with a time have it`() async throws {
    let read = try await document(
      "2024-03-12 09:15:00,123 INFO on\n[2024-03-12 09:15:01] ERROR off\n  File a.py\n2024-03-12T09:16:00Z done\n",
      "app.log")
    let passage = try #require(read.passages.first)
    #expect(
      passage.marks.compactMap(\.time?.lowerBound) == [
        1_710_234_900.123, 1_710_234_901, 1_710_234_960,
      ])
    let chunks = Chunker(size: 5).chunks(of: read.passages)
    // What has no time of its own belongs to the line before.
    #expect(
      chunks.map { $0.time?.lowerBound } == [1_710_234_900.123, 1_710_234_901, 1_710_234_901])
    #expect(chunks.last?.time?.upperBound == 1_710_234_960)
  }

  @Test(
    arguments: [
      ("2024-03-05 14:07:09,250 +0100 a", 1_709_644_029.25),
      ("2024-03-05 14:07:09: a", 1_709_647_629),
      ("2024-03-05T14:07:09Z", 1_709_647_629), ("2024-03-05 14:07:09 - a", 1_709_647_629),
      ("2024-03-05", nil), ("a 2024-03-05 14:07:09", nil), ("", nil), ("[", nil),
    ] as [(String, Double?)])
  func `the time that a line begins with is found`(line: String, seconds: Double?) {
    #expect(LoggedTime.leading(line[...]) == seconds)
  }

  @Test func `logs of programs are read as lines`() async throws {
    let read = try await document(
      #"{"time": "2024-03-05T14:07:09Z", "level": "warn", "msg": "hot"}"# + "\n"
        + #"{"level": "info", "msg": "cold"}"#
        + "\n", "app.jsonl")
    #expect(read.passages.map(\.text) == ["2024-03-05T14:07:09Z WARN hot\nINFO cold"])
    let more = try await document(
      #"""
      {"ts": "2024-03-05", "msg": "hot", "kiln": 7, "by": "Ann Lee", "none": null, "at": {"row": 1}}
      {"level": "error", "stack": "main\n  heat", "message": "cracked", "event": "stop"}
      """#, "app.jsonl")
    #expect(
      more.passages.map(\.text) == [
        #"""
        2024-03-05 hot kiln=7 by="Ann Lee" at={"row":1}
        ERROR cracked event=stop
        stack:
        main
          heat
        """#
      ])
    let plain = try await document("a 1\n\nb 2\n", "app.log")
    #expect(plain.passages.map(\.text) == ["a 1\n\nb 2\n"])
  }

  @Test func `rows of a data set are sent to where they are read`() async {
    let error = await failure {
      try await document(#"{"instruction": "a", "output": "b"}"#, "a.jsonl")
    }
    #expect(error?.remedy?.contains("anneal data prepare") == true)
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0.0), ("2000-02-29 12:00:00", 951_825_600),
    ("2024-03-05T14:07:09-05:30", 1_709_667_429),
    ("2024-03-05 14:07:09,250 +0100", 1_709_644_029.25), ("1970-01-01T01:00:00+01", 0),
  ])
  func `times of logs are seconds since 1970`(text: String, seconds: Double) {
    #expect(LoggedTime.seconds(text) == seconds)
  }

  @Test(arguments: [
    "2024-01-01T00:00:00+99:99", "2024-01-01T00:00:00+1:00", "2024-02-31T00:00:00Z",
    "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00 Mars",
    "2024010112000000000", "2024-01-01",
  ])
  func `what is no time of a log is none`(text: String) {
    #expect(LoggedTime.seconds(text) == nil)
  }
}

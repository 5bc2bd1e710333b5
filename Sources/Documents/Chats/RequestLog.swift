internal import AnnealDatasets
internal import AnnealFiles
internal import OrderedCollections

/// Logs of requests to a model and its replies, in the shapes of OpenAI's API: each becomes a
/// conversation.
public enum RequestLog: DocumentKind {
  /// `requests`.
  public static let name = "requests"
  /// `jsonl`, `ndjson`, `json`, `log`.
  public static let endings = ["jsonl", "ndjson", "json", "log"]

  /// Objects that hold what was asked and what was answered.
  public static func matches(_ file: DocumentFile) -> Bool {
    guard endings.contains(file.ending), let first = file.firstObject else { return false }
    return LoggedExchange.isOne(first)
  }

  /// The conversations; those that a later one continues are left out.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    var conversations: [LoggedConversation] = []
    try RowReader(path: file.path).forEach { event in
      switch event {
      case .row(let row):
        do {
          conversations.append(try LoggedExchange.conversation(of: row))
        } catch let error as AnnealError {
          document.problems.append(BadRow(error, content: row.fields))
        }
      case .bad(let row): document.problems.append(row)
      case .note(let note): document.notes.append(note)
      }
    }
    document.conversations = longest(of: conversations)
    return document
  }

  /// A client sends the whole conversation with each request, so a log holds it at every length.
  private static func longest(of conversations: [LoggedConversation]) -> [LoggedConversation] {
    var continued: Set<String> = []
    var whole: [String] = []
    for conversation in conversations {
      var hash = ""
      for (place, message) in conversation.messages.enumerated() {
        hash = SHA256Digest.hex(of: hash + key(of: message))
        if place + 1 < conversation.messages.count { continued.insert(hash) }
      }
      whole.append(hash)
    }
    var seen: Set<String> = []
    return zip(conversations, whole)
      .filter { !continued.contains($0.1) && seen.insert($0.1).inserted }.map(\.0)
  }

  /// What makes two messages the same: servers add members that clients do not send back.
  private static func key(of message: JSON) -> String {
    ["role", "content", "tool_calls", "tool_call_id"]
      .map { (message[$0]?.unlessNull ?? .null).text() }.joined(separator: "\n")
  }
}

/// One request and its reply.
enum LoggedExchange {
  /// Whether `object` looks like one.
  static func isOne(_ object: JSON) -> Bool {
    let request = part(object, ["request", "body"])
    let asked = [request, object].contains { body in
      body.map { $0["messages"] != nil || $0["prompt"] != nil || $0["input"] != nil } ?? false
    }
    let answered = [part(object, ["response", "completion", "output"]), object].contains { body in
      body.map { $0["choices"] != nil || $0["output"]?.array != nil || $0["error"] != nil } ?? false
    }
    return asked && (answered || object["response"] != nil)
  }

  /// What was said.
  ///
  /// - Throws: `AnnealError` naming line and field when the request failed or something is missing.
  static func conversation(of row: Row) throws -> LoggedConversation {
    let object = row.fields
    let request = part(object, ["request", "body"]) ?? object
    let response = part(object, ["response", "completion"]) ?? object
    if let error = response["error"]?.unlessNull {
      let words = error["message"]?.string ?? error.string ?? "no message"
      throw AnnealError(
        .data, "the request failed (\(words.prefix(120))); there is no reply",
        at: row.place("error"))
    }
    var messages = try asked(request, row)
    guard let reply = reply(response) ?? object["response"]?.string.map(said) else {
      throw AnnealError(
        .data, "there is no reply; choices[0].message, or output, is expected",
        at: row.place("response"), remedy: "Log the response's body with the request's.")
    }
    try check(reply, row)
    messages.append(reply)
    let tools = request["tools"]?.unlessNull
    return LoggedConversation(messages, tools: tools, line: row.line)
  }

  /// Refuses a reply that says nothing and calls nothing, such as one that a filter held back.
  private static func check(_ reply: JSON, _ row: Row) throws {
    guard !says(reply["content"] ?? .null), reply["tool_calls"]?.array?.isEmpty ?? true,
      reply["function_call"]?.unlessNull == nil
    else { return }
    let refusal = reply["refusal"]?.string.map { "the model refused (\($0.prefix(120)))" }
    throw AnnealError(
      .data, (refusal ?? "the reply is empty") + "; content or tool_calls is expected",
      at: row.place(row.fields["choices"] == nil ? "response" : "choices"),
      remedy: "Leave the request out, or ask again.")
  }

  /// Whether `content`, a text or a list of parts, holds anything.
  private static func says(_ content: JSON) -> Bool {
    if let text = content.string { return !text.allSatisfy(\.isWhitespace) }
    return (content.array ?? []).contains { part in
      part["text"].map { says($0) } ?? (part.object != nil)
    }
  }

  private static func asked(_ request: JSON, _ row: Row) throws -> [JSON] {
    let system = request["instructions"]?.string.map {
      [JSON.object(["role": "system", "content": .string($0)])]
    }
    if let list = (request["messages"] ?? request["input"])?.array {
      guard !list.isEmpty, list.allSatisfy({ $0["role"]?.string != nil }) else {
        throw AnnealError(
          .data, "a message has no role; an object with role and content is expected",
          at: row.place("messages"))
      }
      return (system ?? []) + list
    }
    if let text = (request["prompt"] ?? request["input"])?.string {
      return (system ?? []) + [["role": "user", "content": .string(text)]]
    }
    throw AnnealError(
      .data, "there is no 'messages', 'input' or 'prompt' in the request", at: row.place("request"),
      remedy: "Log the request's body.")
  }

  /// The message that a response holds: of chat completions, of older completions, of responses.
  private static func reply(_ response: JSON) -> JSON? {
    if let choice = response["choices"]?[0] {
      if let message = choice["message"], message.object != nil {
        return message["role"] == nil ? message.setting("role", to: "assistant") : message
      }
      return choice["text"]?.string.map(said)
    }
    guard let output = response["output"]?.array else { return nil }
    let parts = output.filter { $0["type"]?.string == "message" }
      .flatMap { $0["content"]?.array ?? [] }.compactMap { $0["text"]?.string }
    return parts.isEmpty ? nil : said(parts.joined())
  }

  private static func said(_ text: String) -> JSON {
    ["role": "assistant", "content": .string(text)]
  }

  /// The first of `names` that holds an object, also as text, or its body.
  private static func part(_ object: JSON, _ names: [String]) -> JSON? {
    for name in names {
      guard var value = object[name]?.unlessNull else { continue }
      if let text = value.string, text.hasPrefix("{"), let parsed = try? JSON(parsing: text) {
        value = parsed
      }
      if let body = value["body"]?.unlessNull { value = body }
      if let text = value.string, text.hasPrefix("{"), let parsed = try? JSON(parsing: text) {
        value = parsed
      }
      if value.object != nil { return value }
    }
    return nil
  }
}

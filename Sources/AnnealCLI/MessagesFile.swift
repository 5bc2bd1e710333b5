import AnnealFiles
import AnnealText

/// A JSON file with messages, or with an object that holds `messages` and perhaps `tools`.
enum MessagesFile {
  /// The conversation in the file at `path`; `-` is standard input.
  static func conversation(_ path: String, telling console: Console? = nil) throws -> Conversation {
    let json = try json(path, telling: console)
    let file = InputPath.resolved(path)
    try check(json, file)
    do {
      let conversation = try Conversation(json: json)
      if let tools = conversation.tools { try checkTools(tools, file, field: "tools") }
      return conversation
    } catch var error as AnnealError {
      error.place = error.place ?? .init(file: file)
      throw error
    }
  }

  /// The tools in the file at `path`: a list of objects.
  static func tools(_ path: String, telling console: Console? = nil) throws -> JSON {
    let tools = try json(path, telling: console)
    try checkTools(tools, InputPath.resolved(path), field: nil)
    return tools
  }

  private static func json(_ path: String, telling console: Console?) throws -> JSON {
    let file = InputPath.resolved(path)
    let bytes = try TextFile.bytes(path, telling: console)
    guard bytes.contains(where: { $0 > 0x20 }) else {
      throw AnnealError(
        .data, "the file is empty", at: .init(file: file),
        remedy: #"Write messages into it: [{"role": "user", "content": "Hello"}]"#)
    }
    return try JSON(parsing: bytes, file: file)
  }

  /// What is said must be text, parts, an object (as some tools answer) or nothing.
  private static func check(_ json: JSON, _ file: String) throws {
    for (index, message) in ((json["messages"] ?? json).array ?? []).enumerated() {
      guard let content = message["content"], content.number != nil || content.bool != nil else {
        continue
      }
      throw AnnealError(
        .data, "'content' is \(content.kind); expected a string or a list of parts",
        at: .init(file: file, field: "messages[\(index)].content"),
        remedy: "Put it in quotes: \"content\": \"\(content.text())\"")
    }
  }

  private static func checkTools(_ tools: JSON, _ file: String, field: String?) throws {
    guard let list = tools.array else {
      throw AnnealError(
        .data, "the tools are \(tools.kind); expected a list of objects",
        at: .init(file: file, field: field), remedy: "Put it between [ and ].")
    }
    for (index, tool) in list.enumerated() where tool.object == nil {
      throw AnnealError(
        .data, "a tool is \(tool.kind); expected an object with its name and parameters",
        at: .init(file: file, field: "\(field ?? "")[\(index)]"),
        remedy: #"Such as {"type": "function", "function": {"name": "…", "parameters": {…}}}."#)
    }
  }
}

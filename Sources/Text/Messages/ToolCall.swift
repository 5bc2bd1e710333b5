public import AnnealFiles
internal import OrderedCollections

/// A call of a tool, as a message of the assistant makes it.
public struct ToolCall: Sendable, Hashable {
  /// What a later message of the role `tool` answers to.
  public var id: String?
  /// The tool's name.
  public var name: String
  /// The arguments, an object.
  public var arguments: JSON

  /// A call of the tool `name`.
  public init(id: String? = nil, name: String, arguments: JSON) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }

  /// The call that a JSON object holds, with or without OpenAI's `function` around it.
  ///
  /// Arguments given as JSON text, as OpenAI's servers send them, are read.
  ///
  /// - Throws: `AnnealError` when there is no name, or the arguments' text is not JSON.
  public init(json: JSON) throws {
    let function = json["function"] ?? json
    guard let name = function["name"]?.string else {
      throw AnnealError(.data, "a tool call needs the name of a function")
    }
    let arguments = function["arguments"] ?? function["parameters"] ?? .object([:])
    self.init(
      id: json["id"]?.string, name: name,
      arguments: try arguments.string.map {
        try JSON(parsing: $0, file: "the arguments of \(name)")
      } ?? arguments)
  }

  /// The call in OpenAI's shape, with the arguments as an object.
  public var json: JSON {
    var call: JSON = ["type": "function"]
    if let id { call = ["id": .string(id), "type": "function"] }
    guard var members = call.object else { return call }
    members["function"] = ["name": .string(name), "arguments": arguments]
    return .object(members)
  }
}

extension Message {
  /// The message's calls of tools.
  ///
  /// - Throws: `AnnealError` for a call without a name or with broken arguments.
  public func calls() throws -> [ToolCall] {
    try (toolCalls?.array ?? []).map(ToolCall.init(json:))
  }
}

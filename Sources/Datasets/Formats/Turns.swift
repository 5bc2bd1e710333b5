internal import AnnealFiles
internal import AnnealText
internal import OrderedCollections

/// Messages as data files write them: `role` and `content`, or ShareGPT's `from` and `value`.
enum Turns {
  /// Roles of OpenAI's chat format.
  static let roles = ["system", "developer", "user", "assistant", "tool", "function"]

  /// Who speaks, by the names found in ShareGPT's files.
  static let speakers: [String: String] = [
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant",
    "bot": "assistant", "chatgpt": "assistant", "model": "assistant", "system": "system",
    "tool": "tool", "observation": "tool", "function_response": "tool",
    "function_call": "assistant",
  ]

  /// The field that `value` would stand under if it is a list of messages; nil of other values.
  static func field(ofList value: JSON) -> String? {
    guard let list = value.array, !list.isEmpty else { return nil }
    if list.allSatisfy({ $0["role"]?.string != nil }) { return "messages" }
    let isShareGPT = list.allSatisfy { $0["from"]?.string != nil && $0["value"] != nil }
    return isShareGPT ? "conversations" : nil
  }

  /// Refuses a row that is a message by itself.
  static func refuseMessage(_ row: Row) throws {
    guard row.fields["role"]?.string != nil, row.fields["content"] != nil else { return }
    throw AnnealError(
      .data, "the row is a message by itself; a conversation is expected", at: row.place("role"),
      remedy: #"Write all messages of a conversation in one row: {"messages": […]}."#)
  }

  /// The messages of the list `value`, one at least, which stands under `field`.
  static func messages(_ value: JSON?, field: String, _ row: Row) throws -> [Message] {
    guard let list = value?.array else {
      throw row.mismatch(field, value, expected: "a list of messages")
    }
    guard !list.isEmpty else {
      throw AnnealError(.data, "'\(field)' is empty", at: row.place(field))
    }
    return try list.enumerated().map { try message($1, field: "\(field)[\($0)]", row) }
  }

  /// The message that `value` under `field` is.
  static func message(_ value: JSON, field: String, _ row: Row) throws -> Message {
    guard let members = value.object else {
      throw row.mismatch(field, value, expected: "an object with 'role' and 'content'")
    }
    var plain = members
    let weight = try takeWeight(from: &plain, field: field, row)
    let isShareGPT = plain["from"] != nil || (plain["value"] != nil && plain["content"] == nil)
    var message =
      isShareGPT
      ? try shareGPT(.object(plain), field: field, row)
      : try openAI(plain, field: field, row)
    message.weight = weight
    return message
  }

  /// The weight, which goes by several names; what is marked as not to be trained on weighs nothing.
  private static func takeWeight(
    from members: inout OrderedDictionary<String, JSON>, field: String, _ row: Row
  ) throws -> Double? {
    for name in ["weight", "loss_weight"] {
      guard let weight = members.removeValue(forKey: name), !weight.isNull else { continue }
      guard let number = weight.number, number >= 0, number.isFinite else {
        throw row.mismatch("\(field).\(name)", weight, expected: "a number, 0 or more")
      }
      return number
    }
    for name in ["train", "trainable"] {
      guard let flag = members[name]?.bool else { continue }
      members.removeValue(forKey: name)
      return flag ? nil : 0
    }
    return nil
  }

  private static func openAI(
    _ members: OrderedDictionary<String, JSON>, field: String, _ row: Row
  ) throws -> Message {
    guard let given = members["role"]?.string else {
      throw row.mismatch(field + ".role", members["role"], expected: "a string")
    }
    guard let role = roles.contains(given) ? given : speakers[given] else {
      let hint = nearest(to: given, among: roles).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(
        .data, "there is no role '\(given)'\(hint)", at: row.place(field + ".role"),
        remedy: "Roles are \(roles.joined(separator: ", ")).")
    }
    if given == "function_call", let call = members["content"]?.string {
      return try toolCall(call, field: field + ".content", row)
    }
    var plain = members
    plain["role"] = .string(role)
    // The older way to write a single call.
    if let call = plain["function_call"], !call.isNull, plain["tool_calls"] == nil {
      plain.removeValue(forKey: "function_call")
      plain["tool_calls"] = .array([["type": "function", "function": call]])
    }
    switch plain["content"] ?? .null {
    case .string: break
    case .array(let parts):
      try ContentParts(parts, field: field + ".content", row).write(into: &plain)
    case .null where plain["tool_calls"].map { !$0.isNull } ?? false: break
    default:
      throw row.mismatch(
        field + ".content", members["content"], expected: "a string or a list of parts")
    }
    return try Message(json: .object(plain))
  }

  private static func shareGPT(_ value: JSON, field: String, _ row: Row) throws -> Message {
    guard let speaker = (value["from"] ?? value["role"])?.string else {
      throw row.mismatch(field + ".from", value["from"], expected: "a string")
    }
    guard let role = speakers[speaker] else {
      let hint = nearest(to: speaker, among: speakers.keys).map { "; did you mean '\($0)'?" }
      throw AnnealError(
        .data, "there is no speaker '\(speaker)'\(hint ?? "")", at: row.place(field + ".from"),
        remedy: "Known are \(speakers.keys.sorted().joined(separator: ", ")).")
    }
    guard let text = (value["value"] ?? value["content"])?.string else {
      throw row.mismatch(field + ".value", value["value"], expected: "a string")
    }
    if speaker == "function_call" { return try toolCall(text, field: field + ".value", row) }
    return Message(role: role, text: text)
  }

  /// `{"name": …, "arguments": …}` as text, told the way chat templates expect calls.
  static func toolCall(_ text: String, field: String, _ row: Row) throws -> Message {
    guard let call = try? JSON(parsing: text), call.object != nil || call.array != nil else {
      throw AnnealError(.data, "the call of a function is not JSON", at: row.place(field))
    }
    let calls = (call.array ?? [call]).map { call -> JSON in
      ["type": "function", "function": call]
    }
    return try Message(
      json: ["role": "assistant", "content": "", "tool_calls": .array(calls)])
  }

  /// Tools as a list; some files hold the list as JSON text.
  static func tools(of row: Row) throws -> JSON? {
    guard let tools = row.fields["tools"], !tools.isNull, tools != .string("") else { return nil }
    if tools.array != nil { return tools }
    if let text = tools.string, let parsed = try? JSON(parsing: text), parsed.array != nil {
      return parsed.array?.isEmpty == true ? nil : parsed
    }
    throw row.mismatch("tools", tools, expected: "a list of tools")
  }

  /// The row's `system` text as a message; none when it is empty or not there.
  static func system(of row: Row, _ names: String...) throws -> [Message] {
    for name in names.isEmpty ? ["system"] : names {
      if let text = try row.optionalText(name), !text.isEmpty { return [.system(text)] }
    }
    return []
  }
}

internal import AnnealFiles
internal import AnnealText
internal import OrderedCollections

/// The typed parts of a message's content, as far as a model of text can read them.
///
/// Text parts become one text. Reasoning and calls of tools go where chat templates look for them.
struct ContentParts {
  private var text = ""
  private var reasoning = ""
  private var calls: [JSON] = []

  /// Reads `parts`, which stand under `field`.
  ///
  /// - Throws: `AnnealError` naming the part that is no text, such as an image.
  init(_ parts: [JSON], field: String, _ row: Row) throws {
    for (index, part) in parts.enumerated() {
      let place = "\(field)[\(index)]"
      if let plain = part.string {
        text += plain
        continue
      }
      guard part.object != nil else {
        throw row.mismatch(place, part, expected: "a string, or an object with 'type' and 'text'")
      }
      try add(part, kind: part["type"]?.string ?? "text", at: place, row)
    }
  }

  private mutating func add(_ part: JSON, kind: String, at place: String, _ row: Row) throws {
    let names = ["text", "value", kind]
    let value = names.lazy.compactMap { part[$0]?.string }.first
    switch kind {
    case "text", "input_text", "output_text": text += try required(value, place, row)
    case "reasoning", "thinking": reasoning += try required(value, place, row)
    case "tool_call", "function_call":
      let call = try Turns.toolCall(try required(value, place, row), field: place, row)
      calls += call.toolCalls?.array ?? []
    default:
      throw AnnealError(
        .data, "a part of type '\(kind)' stands here; models of text read text",
        at: row.place(place),
        remedy: "Leave the row out, or put what it shows into words.")
    }
  }

  private func required(_ value: String?, _ place: String, _ row: Row) throws -> String {
    guard let value else {
      throw AnnealError(.data, "the part has no text", at: row.place(place + ".text"))
    }
    return value
  }

  /// Puts what was read into a message's members.
  func write(into members: inout OrderedDictionary<String, JSON>) {
    members["content"] = .string(text)
    if !reasoning.isEmpty, members["reasoning_content"] == nil {
      members["reasoning_content"] = .string(reasoning)
    }
    if !calls.isEmpty {
      members["tool_calls"] = .array((members["tool_calls"]?.array ?? []) + calls)
    }
  }
}

internal import AnnealFiles
internal import OrderedCollections

/// The texts of a row that can be rewritten, by the names of their places.
struct MendedTexts {
  /// A text and where it stands.
  struct Part {
    var name: String
    var text: String
    /// The field, and of messages which one and its key.
    fileprivate var field: String
    fileprivate var inner: (index: Int, key: String)?
  }

  let parts: [Part]
  private let row: Row

  /// The texts of `fields`; without names, of what is learned: the answer, or the assistant's turns.
  ///
  /// - Throws: `AnnealError` with file, line and field when there is none.
  init(_ row: Row, fields: [String]) throws {
    self.row = row
    let chosen =
      fields.isEmpty
      ? [Self.learned.first { row.fields[$0]?.unlessNull != nil }].compactMap { $0 } : fields
    parts = try chosen.flatMap { try Self.parts(of: $0, in: row) }
    guard !parts.isEmpty else {
      throw AnnealError(
        .data, "there is no text to rewrite", at: row.place(fields.first),
        remedy: "Name the fields: --fields answer,question")
    }
  }

  /// What is learned of a row, by the names that formats give it.
  private static let learned = [
    "messages", "conversations", "answer", "output", "response", "completion", "chosen", "text",
  ]

  private static func parts(of field: String, in row: Row) throws -> [Part] {
    guard let value = row.fields[field] else {
      throw row.mismatch(field, nil, expected: "a text")
    }
    if let text = value.string { return [Part(name: field, text: text, field: field)] }
    guard let turns = value.array else {
      throw row.mismatch(field, value, expected: "a text, or a list of messages")
    }
    return turns.enumerated().compactMap { index, turn in
      let (role, key) = (turn["role"] ?? turn["from"], turn["role"] != nil ? "content" : "value")
      guard ["assistant", "gpt"].contains(role?.string ?? ""), let text = turn[key]?.string else {
        return nil
      }
      return Part(name: "\(field)_\(index)", text: text, field: field, inner: (index, key))
    }
  }

  /// The row with `texts` in their places, and what stood there under `before`.
  func row(with texts: JSON, by teacher: String) -> JSON {
    var fields = row.fields
    var before = fields["before"]?.object ?? [:]
    for part in parts {
      guard let text = texts[part.name]?.string, text != part.text else { continue }
      before[part.name] = .string(part.text)
      fields = fields.setting(part.field, to: changed(fields[part.field], part, text))
    }
    guard !before.isEmpty else { return fields }
    return fields.setting("before", to: .object(before))
      .setting("rewritten_by", to: .string(teacher))
  }

  private func changed(_ value: JSON?, _ part: Part, _ text: String) -> JSON {
    guard let inner = part.inner, var turns = value?.array, turns.indices.contains(inner.index)
    else { return .string(text) }
    turns[inner.index] = turns[inner.index].setting(inner.key, to: .string(text))
    return .array(turns)
  }
}

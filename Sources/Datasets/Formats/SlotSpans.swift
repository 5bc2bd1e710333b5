internal import AnnealFiles
internal import AnnealText

/// Slots with their places in what a user said, as RESTAURANTS-8K (arXiv 2005.08866) writes them:
/// `userInput` and `labels`, with the slots that were asked for in `context` or not.
///
/// What is learned is a JSON object of slots and the words that fill them; `{}` when there are none.
public enum SlotSpans: DatasetFormat {
  /// `slot-spans`.
  public static let name = "slot-spans"
  /// `userInput`, `labels` and `context`.
  public static let fields: [FormatField] = [
    .required("userInput"), .optional("labels"), .optional("context"), .optional("instruction"),
    .optional("system"),
  ]

  /// A conversation of what was said and its slots.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    guard let text = row.fields["userInput"]?["text"]?.string else {
      throw row.mismatch(
        "userInput.text", row.fields["userInput"]?["text"], expected: "a string")
    }
    let labels = row.fields["labels"].flatMap(\.unlessNull) ?? .array([])
    guard let list = labels.array else {
      throw row.mismatch("labels", labels, expected: "a list of slots")
    }
    let slots = try list.enumerated().map { index, label in
      try slot(label, field: "labels[\(index)]", in: Array(text.unicodeScalars), row)
    }
    let answer = JSON(members: slots).text(.spaced)
    let lines = [try row.optionalText("instruction"), text, asked(row)].compactMap { $0 }
    return .conversation(
      Conversation(
        try Turns.system(of: row) + [
          .user(lines.joined(separator: "\n")), .assistant(answer),
        ]))
  }

  /// The slots that were asked for just before; "13" is a time or a number of people by them.
  private static func asked(_ row: Row) -> String? {
    let slots = (row.fields["context"]?["requestedSlots"]?.array ?? []).compactMap(\.string)
    return slots.isEmpty ? nil : "Asked for: \(slots.joined(separator: ", "))"
  }

  /// A slot and the words at its place, without the spaces that some spans take in.
  ///
  /// Places count Unicode scalars; a start that is left out is 0.
  private static func slot(
    _ label: JSON, field: String, in text: [Unicode.Scalar], _ row: Row
  ) throws -> (String, JSON) {
    guard let name = label["slot"]?.string else {
      throw row.mismatch(field + ".slot", label["slot"], expected: "a string")
    }
    let start = label["valueSpan"]?["startIndex"]?.integer ?? 0
    guard let end = label["valueSpan"]?["endIndex"]?.integer, start >= 0, start < end,
      end <= text.count
    else {
      throw AnnealError(
        .data, "the slot '\(name)' does not lie inside the text of \(text.count) characters",
        at: row.place(field + ".valueSpan"))
    }
    var words = String.UnicodeScalarView(text[start..<end])
    while let last = words.last, last.properties.isWhitespace { words.removeLast() }
    return (name, .string(String(words.drop(while: \.properties.isWhitespace))))
  }
}

public import AnnealFiles
internal import AnnealText

/// A text and its class: `text` and `label`; a conversation whose answer is the label.
///
/// An `instruction` stands before the text in the user's turn, such as one that lists the labels. How
/// labels are worded, and which there are, is the mapping's to say (`RowMapping.labels`).
public enum Classification: DatasetFormat {
  /// `classification`.
  public static let name = "classification"
  /// `text` and `label`, by any of their names.
  public static let fields: [FormatField] = [
    .required("text", or: "sentence", "utterance"),
    .required("label", or: "category", "intent", "label_text"),
    .optional("instruction"), .optional("system"),
  ]
  /// What other tools call it.
  public static let aliases = ["text-label", "text_classification"]
  /// The answer is a class.
  public static let isClassified = true

  /// The names that a label goes by.
  static var labels: [String] { fields[1].names }

  /// Rows with a text and a label that is one value.
  public static func matches(_ fields: JSON) -> Bool {
    let texts = self.fields[0].names.compactMap { fields[$0]?.string }
    guard let label = labels.lazy.compactMap({ fields[$0] }).first else { return false }
    return !texts.isEmpty && words(label) != nil
  }

  /// A conversation of the text and its label.
  public static func record(from row: Row) throws -> Record {
    let text = try row.text("text", "sentence", "utterance")
    let label = try label(of: row)
    let instruction = try row.optionalText("instruction") ?? ""
    let question = instruction.isEmpty ? text : instruction + "\n" + text
    return .conversation(
      Conversation(try Turns.system(of: row) + [.user(question), .assistant(label)]))
  }

  /// The row's label in words.
  ///
  /// - Throws: `AnnealError` naming file, line and field when there is none.
  static func label(of row: Row) throws -> String {
    guard let name = labels.first(where: { row.fields[$0].map { !$0.isNull } ?? false }) else {
      throw AnnealError(.data, "the field 'label' is missing", at: row.place("label"))
    }
    guard let value = row.fields[name], let words = words(value), !words.isEmpty else {
      throw row.mismatch(name, row.fields[name], expected: "a class: a short text or a number")
    }
    return words
  }

  /// A text, a whole number or a boolean as a label's words; nil for other values.
  static func words(_ value: JSON) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .bool(let flag): flag ? "true" : "false"
    default: nil
    }
  }
}

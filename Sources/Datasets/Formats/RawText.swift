public import AnnealFiles

/// A text that is learned as a whole: `text`, and the rows of plain text files.
public enum RawText: DatasetFormat {
  /// `text`.
  public static let name = "text"
  /// `text`.
  public static let fields: [FormatField] = [.required("text", or: "content")]

  /// What other tools call it.
  public static let aliases = ["completion", "pretraining", "raw"]

  /// Rows with a text that is no turn of a conversation.
  public static func matches(_ fields: JSON) -> Bool {
    self.fields[0].names.contains { fields[$0] != nil }
      && !(fields["content"] != nil && fields["role"] != nil)
  }

  /// A text.
  public static func record(from row: Row) throws -> Record {
    .text(try row.text("text", "content"))
  }
}

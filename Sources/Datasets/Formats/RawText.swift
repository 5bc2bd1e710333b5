/// A text that is learned as a whole: `text`, and the rows of plain text files.
public enum RawText: DatasetFormat {
  /// `text`.
  public static let name = "text"
  /// `text`.
  public static let fields: [FormatField] = [.required("text", or: "content")]

  /// What other tools call it.
  public static let aliases = ["completion", "pretraining", "raw"]

  /// A text.
  public static func record(from row: Row) throws -> Record {
    .text(try row.text("text", "content"))
  }
}

public import AnnealFiles

/// Text files with a text a line, as the `text` loader of Hugging Face's datasets reads them; only when
/// it is asked for, as a line break may stand within a text too.
public enum TextLines: DatasetFormat {
  /// `text-lines`.
  public static let name = "text-lines"
  /// `text`.
  public static let fields: [FormatField] = [.required("text")]
  /// How files are read.
  public static let kind: FileKind? = .lines

  /// No row shows that it was a line.
  public static func matches(_ fields: JSON) -> Bool { false }

  /// A text.
  public static func record(from row: Row) throws -> Record { .text(try row.text("text")) }
}

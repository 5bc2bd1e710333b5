/// Word's documents (Office Open XML).
public enum WordDocument: PandocKind {
  /// `docx`.
  public static let name = "docx"
  /// `docx`.
  public static let endings = ["docx"]
  static let format = "docx"
}

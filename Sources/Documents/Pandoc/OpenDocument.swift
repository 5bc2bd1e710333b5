/// OpenDocument texts, as of LibreOffice.
public enum OpenDocument: PandocKind {
  /// `odt`.
  public static let name = "odt"
  /// `odt`.
  public static let endings = ["odt"]
  static let format = "odt"
}

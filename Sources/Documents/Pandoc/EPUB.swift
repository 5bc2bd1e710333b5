/// Books in EPUB.
public enum EPUB: PandocKind {
  /// `epub`.
  public static let name = "epub"
  /// `epub`.
  public static let endings = ["epub"]
  static let format = "epub"
}

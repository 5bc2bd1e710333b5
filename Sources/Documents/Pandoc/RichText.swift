/// Rich text.
public enum RichText: PandocKind {
  /// `rtf`.
  public static let name = "rtf"
  /// `rtf`.
  public static let endings = ["rtf"]
  static let format = "rtf"
  static let isArchive = false
}

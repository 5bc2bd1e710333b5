/// reStructuredText.
public enum ReStructuredText: PandocKind {
  /// `rst`.
  public static let name = "rst"
  /// `rst`.
  public static let endings = ["rst"]
  static let format = "rst"
  static let isArchive = false
}

/// Emacs' Org files.
public enum OrgMode: PandocKind {
  /// `org`.
  public static let name = "org"
  /// `org`.
  public static let endings = ["org"]
  static let format = "org"
  static let isArchive = false
}

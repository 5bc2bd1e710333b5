/// LaTeX sources.
public enum LaTeX: PandocKind {
  /// `latex`.
  public static let name = "latex"
  /// `tex`.
  public static let endings = ["tex"]
  static let format = "latex"
  static let isArchive = false
}

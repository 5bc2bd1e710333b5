/// The program's version, which results name.
public enum AnnealVersion {
  /// Such as `0.1.0`.
  public static let text = "0.1.0"
}

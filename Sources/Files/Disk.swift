#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The disk that holds a path.
public enum Disk {
  /// Bytes that this user may still write on the disk of `path`, or of the nearest folder above it
  /// that exists; nil when the system does not say.
  public static func freeBytes(at path: String) -> Int? {
    var path = path
    var facts = statvfs()
    while statvfs(path, &facts) != 0 {
      guard errno == ENOENT || errno == ENOTDIR, let parent = Folder.parent(of: path) else {
        return nil
      }
      path = parent
    }
    return Int(
      clamping: UInt64(facts.f_bavail).multipliedReportingOverflow(
        by: UInt64(facts.f_frsize)
      ).partialValue)
  }
}

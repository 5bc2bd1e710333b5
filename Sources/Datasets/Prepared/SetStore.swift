internal import AnnealFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where prepared sets lie, and whether they are kept.
public struct SetStore: Sendable, Hashable {
  /// The folder that holds a folder for each set.
  public var folder: String
  /// Whether a set that is there already is used.
  public var finds: Bool
  /// Whether a set that is made stays for the next time; else it is gone when it is let go.
  public var keeps: Bool

  /// A store in `folder`.
  public init(folder: String, finds: Bool = true, keeps: Bool = true) {
    (self.folder, self.finds, self.keeps) = (folder, finds, keeps)
  }

  private static let prefix = "temporary-"

  /// A new folder's path for a set that is not kept; what processes that no longer run left behind is
  /// removed.
  func temporaryFolder() -> String {
    for name in Folder.names(in: folder) where name.hasPrefix(Self.prefix) {
      let process = name.dropFirst(Self.prefix.count).split(separator: "-").first
        .flatMap { Int32($0) }
      guard let process, kill(process, 0) != 0, errno == ESRCH else { continue }
      try? Folder.remove(folder + "/" + name)
    }
    return "\(folder)/\(Self.prefix)\(getpid())-\(UInt64.random(in: 0 ... .max))"
  }
}

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Folder {
  /// The folder that relative paths begin at.
  public static var current: String { FileManager.default.currentDirectoryPath }

  /// The user's own folder.
  public static var home: String { FileManager.default.homeDirectoryForCurrentUser.path }
}

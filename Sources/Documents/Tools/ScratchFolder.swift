internal import AnnealFiles

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A folder for the files that tools exchange; it is gone with this object.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/anneal-ingest-" + UUID().uuidString
    try Folder.create(path)
  }

  deinit { try? Folder.remove(path) }
}

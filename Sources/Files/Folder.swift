#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Folders: what is in them, making and removing them.
public enum Folder {
  /// The names in `folder`, sorted; empty when it is not there.
  public static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// The files below `folder` by their paths from it, sorted.
  public static func files(below folder: String) -> [String] {
    names(in: folder).flatMap { name in
      exists(folder + "/" + name)
        ? files(below: folder + "/" + name).map { name + "/" + $0 } : [name]
    }.sorted()
  }

  /// Whether there is a folder at `path`.
  public static func exists(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }

  /// Whether there is a file, not a folder, at `path`.
  public static func holdsFile(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
  }

  /// Whether there is a file or a folder at `path`.
  public static func holdsAnything(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// Makes `folder` and the folders above it, as far as they are missing.
  public static func create(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw AnnealError(
        .storage, "the folder cannot be made", at: .init(file: folder),
        remedy: "Choose a folder that you may write to.", cause: error)
    }
  }

  /// Removes the file or folder at `path` with all that is in it; nothing there is no failure.
  public static func remove(_ path: String) throws {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch let error as CocoaError where error.code == .fileNoSuchFile {
      return
    } catch {
      throw AnnealError(.storage, "it cannot be removed", at: .init(file: path), cause: error)
    }
  }

  /// The folder that holds `path`; nil for a root.
  public static func parent(of path: String) -> String? {
    var trimmed = path[...]
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
    if trimmed == "/" || trimmed == "." { return nil }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  /// The last part of `path`.
  public static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The bytes of all files below `folder`.
  public static func bytes(below folder: String) -> Int {
    files(below: folder).reduce(0) { $0 + (fileBytes(folder + "/" + $1) ?? 0) }
  }

  /// The size of the file at `path`, bytes; nil when there is none.
  public static func fileBytes(_ path: String) -> Int? {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int(facts.st_size) : nil
  }
}

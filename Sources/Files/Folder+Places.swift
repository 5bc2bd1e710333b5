#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Folder {
  /// The folder that relative paths begin at.
  public static var current: String { FileManager.default.currentDirectoryPath }

  /// `path` as one and the same place is always written: whole, without `..` and links.
  public static func resolved(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : current + "/" + path
    return URL(filePath: whole).standardizedFileURL.resolvingSymlinksInPath().path
  }

  /// Whether `path` is `folder` or lies below it, however the two are written.
  public static func holds(_ path: String, in folder: String) -> Bool {
    let (inner, outer) = (resolved(path), resolved(folder))
    return inner == outer || inner.hasPrefix(outer.hasSuffix("/") ? outer : outer + "/")
  }

  /// Refuses to replace `folder` when one of `inputs` is it or lies below it; empty paths are none.
  public static func checkHoldsNone(
    of inputs: [String], in folder: String, remedy: String
  ) throws {
    for input in inputs where !input.isEmpty && holds(input, in: folder) {
      throw AnnealError(
        .usage, "\(input) lies in the folder that is to be replaced", at: .init(file: folder),
        remedy: remedy)
    }
  }

  /// Refuses to replace what stands at `path`, unless that is nothing, an empty folder, or a folder
  /// with one of the files `markers`, as this project writes them.
  public static func checkReplaceable(_ path: String, markers: String...) throws {
    guard exists(path), !names(in: path).isEmpty,
      !markers.contains(where: { holdsFile(path + "/" + $0) })
    else { return }
    throw AnnealError(
      .usage, "the folder holds something else, so it is not replaced", at: .init(file: path),
      remedy:
        "Name another folder; one with \(markers.joined(separator: " or ")) would be replaced.")
  }

  /// Whether this user may make files in `folder`.
  public static func mayWrite(in folder: String) -> Bool {
    FileManager.default.isWritableFile(atPath: folder)
  }

  /// The user's own folder.
  public static var home: String { FileManager.default.homeDirectoryForCurrentUser.path }
}

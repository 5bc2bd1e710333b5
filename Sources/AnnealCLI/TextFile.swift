import AnnealFiles
import Foundation

/// Text of a file that a user names.
enum TextFile {
  static func read(_ path: String) throws -> String {
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch {
      throw AnnealError(
        .data, "the file cannot be read", at: .init(file: path), remedy: "Check the path.",
        cause: error)
    }
  }
}

/// A folder that a verb is about to write.
enum OutputFolder {
  static func prepare(_ path: String, overwrite: Bool) throws {
    guard Folder.exists(path), !Folder.names(in: path).isEmpty else { return }
    guard overwrite else {
      throw AnnealError(
        .usage, "the folder is there already", at: .init(file: path),
        remedy: "Name another, or replace it with --overwrite.")
    }
    try Folder.checkReplaceable(path, markers: "config.json", "report.json")
  }
}

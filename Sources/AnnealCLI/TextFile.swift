import AnnealFiles

/// Text of a file, or of a pipe, that a user names.
enum TextFile {
  static func read(_ path: String) throws -> String {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    while try file.read(1 << 20, into: &bytes) {}
    return String(decoding: bytes, as: UTF8.self)
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

internal import OrderedCollections

/// `manifest.json` of a folder: the size and the SHA-256 of every file in it.
public enum Manifest {
  /// The manifest's name in its folder.
  public static let name = "manifest.json"

  /// Writes the manifest of the files that are below `folder` now.
  public static func write(folder: String) throws {
    var files: OrderedDictionary<String, JSON> = [:]
    for path in Folder.files(below: folder) where path != name && !path.hasSuffix(".lock") {
      let full = folder + "/" + path
      files[path] = [
        "sha256": .string(try SHA256Digest.hex(ofFile: full)),
        "bytes": .integer(Folder.fileBytes(full) ?? 0),
      ]
    }
    let json: JSON = ["version": 1, "files": .object(files)]
    try AtomicFile.write(json.text(.pretty) + "\n", to: folder + "/" + name)
  }

  /// Checks every file that the manifest of `folder` lists.
  ///
  /// - Throws: `AnnealError` of kind `model` that names the first file which is missing or differs.
  public static func verify(folder: String) throws {
    let path = folder + "/" + name
    guard Folder.holdsFile(path) else {
      throw AnnealError(
        .model, "\(name) is missing: the folder was not written completely",
        at: .init(file: folder))
    }
    let json = try JSON(contentsOf: path, code: .model)
    guard let files = json["files"]?.object else {
      throw AnnealError(.model, "the manifest lists no files", at: .init(file: path))
    }
    for (file, facts) in files { try check(folder + "/" + file, facts, manifest: path) }
  }

  private static func check(_ file: String, _ facts: JSON, manifest: String) throws {
    guard let hash = facts["sha256"]?.string, let bytes = facts["bytes"]?.integer else {
      throw AnnealError(
        .model, "the entry of \(Folder.name(of: file)) lacks 'sha256' or 'bytes'",
        at: .init(file: manifest))
    }
    let place = AnnealError.Place(file: file)
    guard Folder.holdsFile(file) else {
      throw AnnealError(.model, "the file is missing, though \(name) lists it", at: place)
    }
    let found = Folder.fileBytes(file) ?? 0
    guard found == bytes else {
      throw AnnealError(
        .model, "the file has \(found) bytes; \(name) says \(bytes)", at: place)
    }
    let digest = try SHA256Digest.hex(ofFile: file)
    guard digest == hash else {
      throw AnnealError(
        .model,
        "the file differs from what was written: its SHA-256 begins with "
          + "\(digest.prefix(12)), \(name) says \(hash.prefix(12))", at: place)
    }
  }
}

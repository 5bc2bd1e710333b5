internal import AnnealFiles
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A file of this machine on its way to the Hub.
struct PushedFile: Sendable {
  /// Where it is.
  let source: String
  /// Its path in the repository.
  let path: String
  let bytes: Int
  /// Its SHA-256, once it is needed.
  var sha256 = ""
  /// Whether the server keeps it beside its git repository.
  var isLarge = false

  /// The files below `folder` that may go to the Hub, and those that stay here.
  ///
  /// Names that begin with a point are a program's or a person's own, as `.env`; git's own settings go
  /// along.
  ///
  /// - Throws: `AnnealError` for a link out of the folder, which would send what nobody named.
  static func files(below folder: String) throws -> (files: [PushedFile], kept: [String]) {
    guard Folder.exists(folder) else {
      throw AnnealError(
        .usage, "there is no such folder", at: .init(file: folder),
        remedy: "Name the folder of a model, an adapter or a data set.")
    }
    var (files, kept): ([PushedFile], [String]) = ([], [])
    for path in Folder.files(below: folder) {
      let parts = path.split(separator: "/")
      let isHidden = parts.contains {
        $0.hasPrefix(".") && $0 != ".gitattributes" && $0 != ".gitignore"
      }
      guard !isHidden, HubFile.isSafe(path) else {
        kept.append(path)
        continue
      }
      let source = folder + "/" + path
      try checkLink(source, below: folder)
      guard let bytes = Folder.fileBytes(source), Folder.holdsFile(source) else {
        throw AnnealError(.data, "the file cannot be read", at: .init(file: source))
      }
      files.append(PushedFile(source: source, path: path, bytes: bytes))
    }
    guard files.isEmpty else { return (files, kept) }
    throw AnnealError(
      .usage, "the folder has no file to push", at: .init(file: folder),
      remedy: "Name the folder of a model, an adapter or a data set.")
  }

  /// Links may lead to other files of the folder, and from a snapshot of the cache to its contents.
  private static func checkLink(_ path: String, below folder: String) throws {
    guard !Folder.holds(path, in: folder), !Folder.holds(path, in: folder + "/../../blobs") else {
      return
    }
    throw AnnealError(
      .usage, "the file is a link out of the folder, to \(Folder.resolved(path))",
      at: .init(file: path), remedy: "Put a copy in its place, or remove it.")
  }

  /// Whether the server has it already, by the hash it gave.
  func isSame(as hash: String?) throws -> Bool {
    guard let hash else { return false }
    return try hash == (isLarge ? sha256 : GitBlobDigest.hex(ofFile: source))
  }

  /// The first bytes, by which a server knows texts.
  func sample() throws -> String {
    let file = try RandomAccessFile(path: source)
    return Data(try file.read(0..<min(512, bytes))).base64EncodedString()
  }

  /// The line of a commit that adds it.
  func operation() throws -> JSON {
    if isLarge {
      return [
        "key": "lfsFile",
        "value": [
          "path": .string(path), "algo": "sha256", "oid": .string(sha256), "size": .integer(bytes),
        ],
      ]
    }
    let contents = try RandomAccessFile(path: source).read(0..<bytes)
    return [
      "key": "file",
      "value": [
        "content": .string(Data(contents).base64EncodedString()), "path": .string(path),
        "encoding": "base64",
      ],
    ]
  }
}

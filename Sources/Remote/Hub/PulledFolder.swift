internal import AnnealFiles

/// A plain folder that a repository's files are pulled into, without links.
///
/// `.anneal-pull` in it holds what is under way, and a record of what was pulled, by which a file
/// that the user changed is told from one of an older revision.
struct PulledFolder: Sendable {
  private static let workName = ".anneal-pull"

  let path: String
  private var work: String { "\(path)/\(Self.workName)" }
  private var recordFile: String { work + "/record.json" }

  init(_ path: String) { self.path = path }

  func place(_ file: HubFile) -> String { path + "/" + file.path }
  func partial(_ file: HubFile) -> String { "\(work)/\(file.etag).incomplete" }

  /// Refuses files that would pass for this folder's own record.
  func check(_ files: [HubFile]) throws {
    let names = files.lazy.compactMap { $0.path.split(separator: "/").first }
    guard let name = names.first(where: { $0.lowercased() == Self.workName }) else { return }
    throw AnnealError(
      .failed, "the repository has '\(name)', where the record of a pull belongs",
      remedy: "Leave it out: --exclude '\(name)*'.")
  }

  /// Makes the folder, and takes sole use of it.
  func prepare() throws -> FileLock {
    try Folder.create(work)
    return try FileLock(folder: work)
  }

  /// Whether `file` is here as it should be.
  ///
  /// - Throws: `AnnealError` when something else is in its place that was not pulled.
  func holds(_ file: HubFile, overwrite: Bool) throws -> Bool {
    let place = place(file)
    guard Folder.holdsAnything(place) else { return false }
    guard let bytes = Folder.fileBytes(place), Folder.holdsFile(place) else {
      throw AnnealError(
        .usage, "a folder is where the file \(file.path) belongs", at: .init(file: place),
        remedy: "Name another --output.")
    }
    let known = try record()[file.path]
    let sha1 = try GitBlobDigest.hex(ofFile: place)
    let sha256 = try file.sha256 != nil || known?.count == 64 ? SHA256Digest.hex(ofFile: place) : ""
    if bytes == file.bytes, [sha1, sha256].contains(file.etag) { return true }
    guard overwrite || known == sha1 || known == sha256 else {
      throw AnnealError(
        .usage, "the file is there, and is neither what was pulled before nor what is pulled now",
        at: .init(file: place), remedy: "Move it away, or replace it with --overwrite.")
    }
    return false
  }

  /// The hashes of the files that were pulled before.
  private func record() throws -> [String: String] {
    guard Folder.holdsFile(recordFile) else { return [:] }
    let files = try JSON(contentsOf: recordFile)["files"]?.members ?? []
    return Dictionary(
      files.compactMap { file in file.value.string.map { (file.key, $0) } },
      uniquingKeysWith: { $1 })
  }

  /// Writes down what was pulled.
  func keep(_ files: [HubFile], of repository: RepositoryID, _ revision: String, _ commit: String)
    throws
  {
    let hashes = files.map { ($0.path, JSON.string($0.etag)) }
    let json: JSON = [
      "repository": .string(repository.name), "kind": .string(repository.kind.rawValue),
      "revision": .string(revision), "commit": .string(commit), "files": JSON(members: hashes),
    ]
    try AtomicFile.write(json.text(.pretty) + "\n", to: recordFile)
  }
}

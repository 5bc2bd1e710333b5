internal import AnnealFiles
internal import OrderedCollections

/// A repository's folder in the cache that `huggingface_hub` and its kin share.
///
/// `blobs` holds contents by the names that the server gives them, `snapshots` a folder a commit with
/// links to them, `refs` the commit that a branch or tag was last seen at.
struct HubCache: Sendable {
  /// The cache's folder.
  let root: String
  /// The repository's folder.
  let folder: String
  private let locks: String

  init(_ repository: RepositoryID, root: String) {
    self.root = root
    folder = root + "/" + repository.folderName
    locks = "\(root)/.locks/\(repository.folderName)"
  }

  func blob(_ file: HubFile) -> String { "\(folder)/blobs/\(file.etag)" }
  func snapshot(_ commit: String) -> String { "\(folder)/snapshots/\(commit)" }

  /// Whether the contents of `file` are here, whole.
  func holds(_ file: HubFile) -> Bool { Folder.fileBytes(blob(file)) == file.bytes }

  /// The bytes of `file` that are here.
  func heldBytes(_ file: HubFile) -> Int {
    holds(file) ? file.bytes : min(file.bytes, Folder.fileBytes(blob(file) + ".incomplete") ?? 0)
  }

  /// Makes the folders.
  func prepare() throws {
    for name in ["blobs", "snapshots", "refs"] { try Folder.create("\(folder)/\(name)") }
    try Folder.create(locks)
    // Tells programs that save copies to leave the folder out (bford.info/cachedir).
    let tag = root + "/CACHEDIR.TAG"
    guard !Folder.holdsAnything(tag) else { return }
    try AtomicFile.write("Signature: 8a477f597d28d172789f06886806bc55\n", to: tag)
  }

  /// Sole use of the contents of `file`, once other programs are done with them.
  func lock(_ file: HubFile) async throws -> FileLock {
    while true {
      if let lock = try FileLock(file: "\(locks)/\(file.etag).lock") { return lock }
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  /// Puts `file`, whose contents are here, into the folder of `commit`.
  func link(_ file: HubFile, in commit: String) throws {
    let pointer = snapshot(commit) + "/" + file.path
    try Folder.create(Folder.parent(of: pointer) ?? ".")
    let depth = file.path.split(separator: "/").count - 1
    let target = String(repeating: "../", count: depth + 2) + "blobs/" + file.etag
    guard SymbolicLink.target(of: pointer) != target else { return }
    try SymbolicLink.write(to: pointer, target: target)
  }

  /// Notes that `revision` is at `commit`.
  func note(_ revision: String, at commit: String) throws {
    guard revision != commit, HubFile.isSafe(revision) else { return }
    let path = "\(folder)/refs/\(revision)"
    try Folder.create(Folder.parent(of: path) ?? ".")
    try AtomicFile.write(commit, to: path)
  }

  /// Keeps the listing of a commit that is here as a whole; others must be able to see what lacks.
  func keep(_ listing: HubListing) throws {
    var files: OrderedDictionary<String, JSON> = [:]
    for file in listing.files {
      var facts: JSON = ["size": .integer(file.bytes), "blob_id": .string(file.blobID)]
      if let sha256 = file.sha256 {
        facts = facts.setting("lfs_sha256", to: .string(sha256))
          .setting("lfs_size", to: .integer(file.bytes))
      }
      files[file.path] = facts
    }
    let json: JSON = ["format_version": 1, "files": .object(files)]
    try Folder.create(folder + "/trees")
    try AtomicFile.write(json.text(.pretty) + "\n", to: "\(folder)/trees/\(listing.commit).json")
  }
}

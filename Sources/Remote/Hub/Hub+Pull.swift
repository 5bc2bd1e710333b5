internal import AnnealFiles
internal import Synchronization

/// Files of the Hub that are wanted here.
public struct PullRequest: Sendable {
  /// The repository.
  public var repository: RepositoryID
  /// A branch, a tag or a commit.
  public var revision = "main"
  /// Which files.
  public var selection = FileSelection()
  /// A plain folder for them; nil for the cache that all tools of the Hub share.
  public var output: String?
  /// Whether files that stand in the plain folder and are others may be replaced.
  public var overwrite = false
  /// The cache's folder.
  public var cache = HubFolders().cache
  /// Whether large files that the cache has are read and checked; small ones always are, and so is
  /// what is copied into a plain folder.
  public var verify = false
  /// Files at once.
  public var parallel = 4

  /// All of `repository` that a program needs, into the cache.
  public init(_ repository: RepositoryID) { self.repository = repository }
}

/// What was pulled.
public struct PullReport: Sendable {
  /// The commit.
  public var commit: String
  /// The folder with the files.
  public var folder: String
  /// The files by their paths in it.
  public var files: [String]
  /// Their bytes.
  public var bytes: Int
  /// The bytes that went over the network this time.
  public var movedBytes: Int
  /// Files left out because they repeat others in another format.
  public var repeats: [HubFile]
  /// Files of this machine that were not what their names say, and were not used.
  public var damaged: [String]
}

extension Hub {
  /// Brings files of a repository to this machine.
  ///
  /// What is here already is not asked for again, a file that was cut off goes on where it ended, and
  /// every file is checked against the server's hash before it gets its name. What turns out damaged
  /// in the cache is asked for again.
  ///
  /// - Parameter progress: is told after each step; what it throws ends the work, and the next pull
  ///   goes on from there.
  public func pull(
    _ wanted: PullRequest, progress: @escaping @Sendable (TransferState) throws -> Void = { _ in }
  ) async throws -> PullReport {
    let listing = try await listing(wanted.repository, revision: wanted.revision)
    let (files, repeats) = wanted.selection.choose(
      from: listing.files, kind: wanted.repository.kind)
    guard !files.isEmpty else {
      let some = listing.files.prefix(8).map(\.path).joined(separator: ", ")
      throw AnnealError(
        .usage, "no file of \(wanted.repository) is wanted",
        remedy: listing.files.isEmpty
          ? "The repository is empty." : "Change --include and --exclude; it has \(some)…")
    }
    let pull = Pull(hub: self, wanted: wanted, commit: listing.commit, files: files)
    let (folder, moved) = try await TransferProgress.unwrapping {
      if let output = wanted.output {
        return try await pull.run(into: PulledFolder(output), progress)
      }
      return try await pull.run(
        into: HubCache(wanted.repository, root: wanted.cache), progress,
        whole: files.count == listing.files.count ? listing : nil)
    }
    return PullReport(
      commit: listing.commit, folder: folder, files: files.map(\.path),
      bytes: files.reduce(0) { $0 + $1.bytes }, movedBytes: moved, repeats: repeats,
      damaged: pull.damage.found)
  }
}

/// A pull whose files are known.
private struct Pull: Sendable {
  let hub: Hub
  let wanted: PullRequest
  let commit: String
  let files: [HubFile]
  let damage = Damage()

  /// `files` in groups of the same contents, in their order.
  private static func groups(_ files: [HubFile]) -> [[HubFile]] {
    let twins = Dictionary(grouping: files, by: \.etag)
    var seen: Set<String> = []
    return files.compactMap { seen.insert($0.etag).inserted ? twins[$0.etag] : nil }
  }

  private func download(_ file: HubFile, _ progress: TransferProgress) -> BlobDownload {
    BlobDownload(
      hub: hub, repository: wanted.repository, commit: commit, file: file, progress: progress)
  }

  private func progress(
    _ files: [HubFile], _ listener: @escaping TransferProgress.Listener
  ) -> TransferProgress {
    TransferProgress(
      files: files.count, bytes: files.reduce(0) { $0 + $1.bytes }, listener: listener)
  }

  /// Pulls into the shared cache.
  func run(
    into cache: HubCache, _ listener: @escaping TransferProgress.Listener, whole: HubListing?
  ) async throws -> (folder: String, moved: Int) {
    let groups = Self.groups(files)
    let contents = groups.map { $0[0] }
    let missing = contents.reduce(0) { $0 + $1.bytes - cache.heldBytes($1) }
    try Disk.require(bytes: missing, at: cache.folder, for: "\(wanted.repository)")
    try cache.prepare()
    let progress = progress(contents, listener)
    try await inParallel(groups, width: wanted.parallel) { twins in
      let file = twins[0]
      let lock = try await cache.lock(file)
      defer { withExtendedLifetime(lock) {} }
      if try cache.holds(file) && isGood(file, in: cache) {
        try progress.found(file.bytes)
      } else {
        let blob = cache.blob(file)
        try await download(file, progress).run(to: blob, partial: blob + ".incomplete")
      }
      for twin in twins { try cache.link(twin, in: commit) }
      try progress.finishedFile()
    }
    try cache.note(wanted.revision, at: commit)
    if let whole { try cache.keep(whole) }
    return (cache.snapshot(commit), progress.movedBytes)
  }

  /// Whether what the cache has of `file` is that, as far as it is looked at.
  private func isGood(_ file: HubFile, in cache: HubCache) throws -> Bool {
    guard wanted.verify || file.sha256 == nil else { return true }
    let blob = cache.blob(file)
    if try file.isContents(of: blob) { return true }
    damage.add(blob)
    return false
  }

  /// Pulls into a plain folder; what the cache has is copied from there.
  func run(
    into folder: PulledFolder, _ listener: @escaping TransferProgress.Listener
  ) async throws -> (folder: String, moved: Int) {
    let cache = HubCache(wanted.repository, root: wanted.cache)
    try folder.check(files)
    let lock = try folder.prepare()
    defer { withExtendedLifetime(lock) {} }
    let missing = try files.filter { try !folder.holds($0, overwrite: wanted.overwrite) }
    let bytes = missing.reduce(0) {
      $0 + $1.bytes - min($1.bytes, Folder.fileBytes(folder.partial($1)) ?? 0)
    }
    try Disk.require(bytes: bytes, at: folder.path, for: "\(wanted.repository)")
    let progress = progress(missing, listener)
    // Files of one contents share a partial file, and so come one after another.
    try await inParallel(Self.groups(missing), width: wanted.parallel) { twins in
      for (index, file) in twins.enumerated() {
        let twin = index > 0 ? folder.place(twins[0]) : nil
        try await bring(
          file, to: folder, twin ?? (cache.holds(file) ? cache.blob(file) : nil), progress)
        try progress.finishedFile()
      }
    }
    try folder.keep(files, of: wanted.repository, wanted.revision, commit)
    return (folder.path, progress.movedBytes)
  }

  /// Brings one file, by copying `source` when that is on this machine and sound.
  private func bring(
    _ file: HubFile, to folder: PulledFolder, _ source: String?, _ progress: TransferProgress
  ) async throws {
    let place = folder.place(file)
    try Folder.create(Folder.parent(of: place) ?? ".")
    if let source, try copy(source, to: place, as: file, progress) { return }
    try await download(file, progress).run(to: place, partial: folder.partial(file))
  }

  /// Copies `source`.
  ///
  /// - Returns: whether it is `file`; if not, nothing is at `place`.
  private func copy(
    _ source: String, to place: String, as file: HubFile, _ progress: TransferProgress
  ) throws -> Bool {
    func check(_ path: String) throws {
      guard try file.isContents(of: path) else { throw OtherContents() }
    }
    do {
      try AtomicFile.write(to: place, expectedBytes: file.bytes, checkedBy: check) { output in
        let blob = try RandomAccessFile(path: source)
        for start in stride(from: 0, to: file.bytes, by: 1 << 20) {
          let bytes = try blob.read(start..<min(file.bytes, start + 1 << 20))
          try output.write(bytes)
          try progress.found(bytes.count)
        }
      }
      return true
    } catch is OtherContents {
      try progress.found(-file.bytes)
      damage.add(source)
      return false
    }
  }

  private struct OtherContents: Error {}
}

/// Files that turned out to be others than their names say.
private final class Damage: Sendable {
  private let files = Mutex<[String]>([])

  var found: [String] { files.withLock { $0 }.sorted() }

  func add(_ file: String) { files.withLock { $0.append(file) } }
}

internal import AnnealFiles
internal import NIOHTTP1

/// A folder that is to go to the Hub.
public struct PushRequest: Sendable {
  /// The folder.
  public var folder: String
  /// The repository; without an owner it is the token's own.
  public var repository: RepositoryID
  /// The branch.
  public var revision = "main"
  /// What the commit says.
  public var message = "Push with anneal"
  /// Whether it is for its owner's eyes only: a repository that is made becomes so, and one that is
  /// there must be so.
  public var isPrivate = false
  /// Files at once.
  public var parallel = 4

  /// `folder`, to `repository`.
  public init(_ folder: String, to repository: RepositoryID) {
    (self.folder, self.repository) = (folder, repository)
  }
}

/// What was pushed.
public struct PushReport: Sendable {
  /// The repository, with its owner.
  public var repository: RepositoryID
  /// The commit; nil when the server had all files already.
  public var commit: String?
  /// The commit's page.
  public var url: String
  /// Whether the repository was made.
  public var isNew: Bool
  /// The files by their paths.
  public var files: [String]
  /// Their bytes.
  public var bytes: Int
  /// The bytes that went over the network.
  public var movedBytes: Int
  /// Files that stay here: their names begin with a point, or are not possible there.
  public var kept: [String]
}

extension Hub {
  /// Sends a folder's files as one commit; nothing that the server has is sent again.
  ///
  /// - Parameter progress: is told after each step; what it throws ends the work. Files that arrived
  ///   stay on the server and are not sent again by the next push.
  public func push(
    _ wanted: PushRequest, progress: @escaping @Sendable (TransferState) throws -> Void = { _ in }
  ) async throws -> PushReport {
    let (files, kept) = try PushedFile.files(below: wanted.folder)
    var wanted = wanted
    wanted.repository = try await owned(wanted.repository)
    let isNew = try await makeSure(of: wanted)
    let push = Push(
      hub: self, wanted: wanted,
      progress: TransferProgress(
        files: files.count, bytes: files.reduce(0) { $0 + $1.bytes }, listener: progress))
    let commit = try await TransferProgress.unwrapping { try await push.run(files) }
    let page = "\(endpoint)\(wanted.repository.pagePath)"
    return PushReport(
      repository: wanted.repository, commit: commit,
      url: commit.map { "\(page)/commit/\($0)" } ?? page,
      isNew: isNew, files: files.map(\.path), bytes: files.reduce(0) { $0 + $1.bytes },
      movedBytes: push.progress.movedBytes, kept: kept)
  }

  /// `repository` with its owner, who is the token's when none is named.
  private func owned(_ repository: RepositoryID) async throws -> RepositoryID {
    guard repository.owner == nil else { return repository }
    let json = try await json(request(.GET, "/api/whoami-v2"), about: repository)
    guard let name = json["name"]?.string else {
      throw AnnealError(.failed, "\(endpoint) does not say whose token this is")
    }
    return try RepositoryID("\(name)/\(repository.name)", kind: repository.kind)
  }

  /// Makes the repository and the branch as far as they are missing.
  ///
  /// - Returns: whether the repository was made.
  /// - Throws: `AnnealError`, also for one that others may read when it was to be private.
  private func makeSure(of wanted: PushRequest) async throws -> Bool {
    let repository = wanted.repository
    var isNew = false
    var facts = try await found(request(.GET, repository.apiPath))
    if case .none = facts {
      var body: JSON = [
        "name": .string(repository.shortName), "private": .bool(wanted.isPrivate),
      ]
      if let owner = repository.owner { body = body.setting("organization", to: .string(owner)) }
      if repository.kind != .model {
        body = body.setting("type", to: .string(repository.kind.rawValue))
      }
      isNew = try await made(request(.POST, "/api/repos/create").sending(body), repository)
      if !isNew { facts = try await found(request(.GET, repository.apiPath)) }
    }
    if wanted.isPrivate, !isNew, facts?["private"]?.bool != true {
      throw AnnealError(
        .usage, "\(repository) is there already, and is not private; nothing was sent",
        remedy: "Name a new repository, make this one private in its settings, or leave --private "
          + "out.")
    }
    let branch = Self.escaped(wanted.revision)
    if wanted.revision != "main",
      try await !exists(request(.GET, "\(repository.apiPath)/revision/\(branch)"))
    {
      let request = try request(.POST, "\(repository.apiPath)/branch/\(branch)").sending([:])
      _ = try await made(request, repository)
    }
    return isNew
  }

  private func exists(_ request: WebRequest) async throws -> Bool {
    guard case .some = try await found(request) else { return false }
    return true
  }

  /// What `request` asks for; nil when there is no such thing, or it may not be seen.
  private func found(_ request: WebRequest) async throws -> JSON? {
    do {
      return try await Web.json(request, retry).json ?? .null
    } catch let failure as WebFailure {
      if let status = failure.status, [401, 403, 404].contains(status) { return Optional.none }
      throw failure.error(remedy: nil)
    }
  }

  /// Whether `request` made something; that it is there already is no failure.
  private func made(_ request: WebRequest, _ repository: RepositoryID) async throws -> Bool {
    do {
      _ = try await Web.json(request, retry)
      return true
    } catch let failure as WebFailure {
      if failure.status == 409 { return false }
      guard [401, 403].contains(failure.status) else { throw error(failure, repository) }
      throw AnnealError(
        .failed, "\(repository) cannot be written to; \(failure.description)",
        remedy: hasToken
          ? "Use a token that may write to it." : "Set HF_TOKEN to a token that may write to it.")
    }
  }
}

/// A push into a repository that is there.
private struct Push: Sendable {
  let hub: Hub
  let wanted: PushRequest
  let progress: TransferProgress
  private static let batch = 256

  private var branch: String { Hub.escaped(wanted.revision) }

  /// Sends the files.
  ///
  /// - Returns: the commit; nil when there was nothing to send.
  func run(_ files: [PushedFile]) async throws -> String? {
    let missing = try await missing(files)
    guard !missing.isEmpty else { return nil }
    var seen: Set<String> = []
    let (first, twins) = missing.filter(\.isLarge).reduce(into: ([PushedFile](), [PushedFile]())) {
      if seen.insert($1.sha256).inserted { $0.0.append($1) } else { $0.1.append($1) }
    }
    try await LargeFileUpload(
      hub: hub, repository: wanted.repository, revision: wanted.revision, progress: progress
    ).send(first, width: wanted.parallel)
    for twin in twins {
      try progress.found(twin.bytes)
      try progress.finishedFile()
    }
    return try await commit(missing)
  }

  /// The files that the branch has not, each with the way it goes.
  private func missing(_ files: [PushedFile]) async throws -> [PushedFile] {
    var missing: [PushedFile] = []
    for start in stride(from: 0, to: files.count, by: Self.batch) {
      let part = files[start..<min(files.count, start + Self.batch)]
      let modes = try await modes(of: part)
      for var file in part {
        guard let mode = modes[file.path] else {
          throw AnnealError(.failed, "\(hub.endpoint) does not say how to send \(file.path)")
        }
        // An empty file has no contents to keep elsewhere.
        file.isLarge = mode["uploadMode"]?.string == "lfs" && file.bytes > 0
        if file.isLarge { file.sha256 = try SHA256Digest.hex(ofFile: file.source) }
        if try mode["shouldIgnore"]?.bool == true || file.isSame(as: mode["oid"]?.string) {
          try progress.found(file.bytes)
          try progress.finishedFile()
        } else {
          missing.append(file)
        }
      }
    }
    return missing
  }

  private func modes(of files: ArraySlice<PushedFile>) async throws -> [String: JSON] {
    let facts = try files.map { file -> JSON in
      [
        "path": .string(file.path), "size": .integer(file.bytes),
        "sample": .string(try file.sample()),
      ]
    }
    let request = try hub.request(.POST, "\(wanted.repository.apiPath)/preupload/\(branch)")
      .sending(["files": .array(facts)])
    let answer = try await hub.json(request, about: wanted.repository, revision: wanted.revision)
    return Dictionary(
      (answer["files"]?.array ?? []).compactMap { mode in
        mode["path"]?.string.map { ($0, mode) }
      }, uniquingKeysWith: { $1 })
  }

  private func commit(_ files: [PushedFile]) async throws -> String {
    let header: JSON = [
      "key": "header", "value": ["summary": .string(wanted.message), "description": ""],
    ]
    var body = Array((header.text() + "\n").utf8)
    for file in files { body += Array((try file.operation().text() + "\n").utf8) }
    var request = try hub.request(.POST, "\(wanted.repository.apiPath)/commit/\(branch)")
    request.body = .bytes(body, type: "application/x-ndjson")
    // A commit whose answer is lost may have been made: it is not made twice.
    let answer = try await hub.telling(about: wanted.repository, revision: wanted.revision) {
      try await Web.json(request, RetryPolicy(attempts: 1, deadline: hub.retry.deadline)).json
    }
    guard let commit = answer?["commitOid"]?.string else {
      throw AnnealError(.failed, "\(hub.endpoint) does not name the commit that it made")
    }
    for file in files where !file.isLarge {
      try progress.moved(file.bytes)
      try progress.finishedFile()
    }
    return commit
  }
}

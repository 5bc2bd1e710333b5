public import AnnealFiles
internal import Synchronization

/// A server with the Hub's routes, its repositories in memory.
///
/// Large files lie under another host name than the rest, as the Hub's do, so that a client that sends
/// its token along is found out.
public final class HubServer: Sendable {
  /// Whose tokens the server knows, by token.
  public static let accounts = ["hf_writer": "writer", "hf_reader": "reader"]
  /// Files of at least this many bytes, and with these endings, are large ones.
  public static let largeBytes = 1 << 20
  private static let largeEndings = ["safetensors", "bin", "gguf"]

  let state = Mutex(State())
  /// Entries on one page of a listing.
  let pageEntries: Int
  /// Parts of more bytes than this are sent one by one; nil sends each file whole.
  let partBytes: Int?

  /// A server.
  public init(pageEntries: Int = 1000, partBytes: Int? = nil) {
    (self.pageEntries, self.partBytes) = (pageEntries, partBytes)
  }

  struct State {
    var repositories: [String: Repository] = [:]
    /// Contents of large files by their SHA-256.
    var store: [String: [UInt8]] = [:]
    /// Parts of large files that are under way.
    var parts: [String: [Int: [UInt8]]] = [:]
    var served: [Served] = []
    var uploads: [String] = []
    /// How often requests for a file are cut off, and after how many bytes.
    var cuts: [String: (times: Int, bytes: Int)] = [:]
    /// Bytes that are flipped on the way, by file.
    var flips: [String: Int] = [:]
    /// Answers to the next requests of a method, or of any, in place of good ones.
    var faults: (method: String?, answers: [Answered]) = (nil, [])
    /// Entries that listings name beside the files.
    var listed: [JSON] = []
    /// Whether requests for a part are answered with the whole.
    var ignoresRanges = false
    /// Tokens that came along where none belongs.
    var strayTokens = 0
  }

  struct Repository {
    var isPrivate = false
    var isGated = false
    var branches: [String: String] = [:]
    /// The files of each commit.
    var commits: [String: [String: [UInt8]]] = [:]
    var messages: [String] = []
  }

  /// Bytes of a file that went out.
  public struct Served: Sendable, Hashable {
    /// The file's path, or the SHA-256 of a large one.
    public var file: String
    /// Which bytes.
    public var range: Range<Int>
  }

  /// Makes a repository with files on its branch `main`.
  ///
  /// - Parameter name: `api/models/OWNER/NAME` without the first part, such as `models/me/tiny`.
  /// - Returns: the commit.
  @discardableResult
  public func make(
    _ name: String, isPrivate: Bool = false, isGated: Bool = false, files: [String: [UInt8]]
  ) -> String {
    state.withLock { state in
      state.repositories[name] = Repository(isPrivate: isPrivate, isGated: isGated)
      return state.commit(name, "main", files, message: "first")
    }
  }

  /// Adds a commit to a branch.
  @discardableResult
  public func commit(_ name: String, branch: String = "main", files: [String: [UInt8]]) -> String {
    state.withLock { $0.commit(name, branch, files, message: "more") }
  }

  /// Cuts answers with the file off.
  public func cut(_ file: String, times: Int, after bytes: Int) {
    state.withLock { $0.cuts[file] = (times, bytes) }
  }

  /// Flips a byte of the file on its way; nil stops.
  public func flip(_ file: String, at byte: Int?) { state.withLock { $0.flips[file] = byte } }

  /// Answers the next requests of `method`, or of any, so.
  public func fail(_ answers: [Answered], of method: String? = nil) {
    state.withLock { $0.faults = (method, answers) }
  }

  /// Lists more entries than there are files.
  public func list(_ entries: [JSON]) { state.withLock { $0.listed = entries } }

  /// Answers requests for a part with the whole file.
  public func ignoreRanges() { state.withLock { $0.ignoresRanges = true } }

  /// What went out of files so far.
  public var served: [Served] { state.withLock { $0.served } }
  /// The large files that were sent here, by SHA-256, one entry a request.
  public var uploads: [String] { state.withLock { $0.uploads } }
  /// How often a token went where none belongs.
  public var strayTokens: Int { state.withLock { $0.strayTokens } }

  /// The files of a branch.
  public func files(_ name: String, branch: String = "main") -> [String: [UInt8]]? {
    state.withLock { $0.repositories[name]?.files(at: branch)?.files }
  }

  /// What the commits of a repository say.
  public func messages(_ name: String) -> [String] {
    state.withLock { $0.repositories[name]?.messages ?? [] }
  }

  /// Whether a repository is for its owner's eyes only.
  public func isPrivate(_ name: String) -> Bool {
    state.withLock { $0.repositories[name]?.isPrivate ?? false }
  }

  /// Whether a file of this path and size is kept beside git.
  static func isLarge(_ path: String, _ bytes: Int) -> Bool {
    bytes >= largeBytes || largeEndings.contains { path.hasSuffix("." + $0) }
  }

  /// Answers `request`.
  public func answer(_ request: Received) -> Answered {
    let fault = state.withLock { state -> Answered? in
      guard !state.faults.answers.isEmpty, state.faults.method ?? request.method == request.method
      else { return nil }
      return state.faults.answers.removeFirst()
    }
    if let fault { return fault }
    var path = request.path
    switch path.first {
    case "api":
      path.removeFirst()
      return answer(request, api: path)
    case "store": return store(request, Array(path.dropFirst()))
    case "datasets": return answer(request, page: Array(path.dropFirst()), kind: "datasets")
    default: return answer(request, page: path, kind: "models")
    }
  }

  /// Who asks; nil for nobody in particular.
  static func account(_ request: Received) -> String? {
    guard let header = request.headers["authorization"], header.hasPrefix("Bearer ") else {
      return nil
    }
    return accounts[String(header.dropFirst(7))]
  }

  /// A refusal in the Hub's words.
  static func refusal(_ status: Int, _ code: String, _ message: String) -> Answered {
    Answered(
      status, [("X-Error-Code", code), ("X-Error-Message", message)],
      json: ["error": .string(message)])
  }
}

extension HubServer.State {
  mutating func commit(
    _ name: String, _ branch: String, _ files: [String: [UInt8]], message: String
  ) -> String {
    for (path, bytes) in files where HubServer.isLarge(path, bytes.count) {
      store[SHA256Digest.hex(of: bytes)] = bytes
    }
    var repository = repositories[name] ?? HubServer.Repository()
    var all = repository.files(at: branch)?.files ?? [:]
    all.merge(files) { $1 }
    let text = all.sorted { $0.key < $1.key }.map { $0.key + GitBlobDigest.hex(of: $0.value) }
    let commit = GitBlobDigest.hex(
      of: Array("\(repository.commits.count) \(text.joined(separator: " "))".utf8))
    repository.commits[commit] = all
    repository.branches[branch] = commit
    repository.messages.append(message)
    repositories[name] = repository
    return commit
  }
}

extension HubServer.Repository {
  /// The commit and the files of a branch or commit.
  func files(at revision: String) -> (commit: String, files: [String: [UInt8]])? {
    let commit = branches[revision] ?? revision
    return commits[commit].map { (commit, $0) }
  }
}

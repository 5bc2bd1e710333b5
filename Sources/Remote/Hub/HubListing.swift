internal import AnnealFiles
internal import NIOHTTP1

/// A file of a repository, as its server lists it.
public struct HubFile: Sendable, Hashable {
  /// Its path in the repository.
  public let path: String
  /// Its size.
  public let bytes: Int
  /// git's name of it, or of the pointer to it.
  let blobID: String
  /// The SHA-256 of a large file.
  let sha256: String?

  /// Its name in a cache: that which the server gives its contents.
  var etag: String { sha256 ?? blobID }

  /// Checks that the file at `path` is this one, byte for byte.
  ///
  /// - Throws: `AnnealError` that names both hashes.
  func verify(_ file: String) throws {
    let found = try sha256 == nil ? GitBlobDigest.hex(ofFile: file) : SHA256Digest.hex(ofFile: file)
    guard found != etag else { return }
    throw AnnealError(
      .failed,
      "what was received of \(path) is not what the server lists: its "
        + "\(sha256 == nil ? "git hash" : "SHA-256") is \(found); expected \(etag)",
      at: .init(file: file),
      remedy:
        "What was received is removed; pull again. If it happens again, the server or a proxy "
        + "on the way changes files.")
  }
}

/// The files of a repository at one commit.
struct HubListing: Sendable {
  let commit: String
  let files: [HubFile]
}

extension Hub {
  /// The files of `repository` at `revision`, which becomes a commit.
  func listing(_ repository: RepositoryID, revision: String) async throws -> HubListing {
    let commit = try await commit(repository, revision: revision)
    var files: [HubFile] = []
    var next: WebRequest? = try request(
      .GET, "\(repository.apiPath)/tree/\(commit)?recursive=true&expand=false")
    while let request = next {
      let (headers, json) = try await telling(about: repository, revision: revision) {
        try await Web.json(request, retry)
      }
      guard let entries = json?.array else {
        throw AnnealError(.failed, "\(request.name) was not answered with a list of files")
      }
      files += try entries.compactMap { try HubFile(entry: $0, of: repository) }
      next = Self.following(headers, of: request)
    }
    return HubListing(commit: commit, files: files.sorted { $0.path < $1.path })
  }

  /// The commit that `revision`, a branch, a tag or a commit, stands for.
  func commit(_ repository: RepositoryID, revision: String) async throws -> String {
    if HubFile.isHash(revision, digits: 40) { return revision }
    let json = try await json(
      request(.GET, "\(repository.apiPath)/revision/\(Self.escaped(revision))"),
      about: repository, revision: revision)
    guard let commit = json["sha"]?.string, HubFile.isHash(commit, digits: 40) else {
      throw AnnealError(.failed, "\(endpoint) names no commit for \(repository) at \(revision)")
    }
    return commit
  }

  /// The request for the next page, which a `Link` header names (RFC 8288).
  private static func following(_ headers: HTTPHeaders, of request: WebRequest) -> WebRequest? {
    for link in headers[canonicalForm: "Link"] where link.contains("rel=\"next\"") {
      guard link.hasPrefix("<"), let end = link.firstIndex(of: ">"),
        let address = request.address.following(String(link.dropFirst().prefix(upTo: end)))
      else { continue }
      var next = request
      next.address = address
      if address.origin != request.address.origin { next.token = nil }
      return address == request.address ? nil : next
    }
    return nil
  }
}

extension HubFile {
  /// The file in an entry of a listing; nil for a folder.
  ///
  /// - Throws: `AnnealError` for a path that would lead out of a folder, or a hash that is none: both
  ///   become names of files here.
  init?(entry: JSON, of repository: RepositoryID) throws {
    guard entry["type"]?.string != "directory" else { return nil }
    guard let path = entry["path"]?.string else {
      throw AnnealError(.failed, "\(repository) lists a file without a path")
    }
    guard Self.isSafe(path) else {
      throw AnnealError(
        .failed, "\(repository) lists a file that would lie outside its folder: '\(path)'",
        remedy: "Do not use this repository.")
    }
    let sha256 = entry["lfs"]?["oid"]?.string ?? entry["lfs"]?["sha256"]?.string
    guard let blobID = entry["oid"]?.string, Self.isHash(blobID, digits: 40),
      sha256.map({ Self.isHash($0, digits: 64) }) ?? true,
      let bytes = entry["lfs"]?["size"]?.integer ?? entry["size"]?.integer, bytes >= 0,
      bytes < 1 << 50
    else {
      throw AnnealError(
        .failed, "\(repository) lists '\(path)' without a size and hash that can be read")
    }
    (self.path, self.bytes, self.blobID, self.sha256) = (path, bytes, blobID, sha256)
  }

  /// Whether `path` leads into its folder and nowhere else.
  static func isSafe(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return path.utf8.count <= 4096
      && parts.allSatisfy { part in
        !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
          && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
      }
  }

  /// Whether `text` is a hash of so many digits, as servers write them.
  static func isHash(_ text: String, digits: Int) -> Bool {
    text.utf8.count == digits && text.allSatisfy { "0123456789abcdef".contains($0) }
  }
}

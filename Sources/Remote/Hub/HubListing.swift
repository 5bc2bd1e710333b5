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

  /// Whether the file at `file` is this one, byte for byte.
  func isContents(of file: String) throws -> Bool { try hash(of: file) == etag }

  private func hash(of file: String) throws -> String {
    try sha256 == nil ? GitBlobDigest.hex(ofFile: file) : SHA256Digest.hex(ofFile: file)
  }

  /// Checks that the file at `file`, which was received, is this one, byte for byte.
  ///
  /// - Throws: `AnnealError` that names both hashes.
  func verify(_ file: String) throws {
    let found = try hash(of: file)
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
  /// More than any repository has, so that a listing without end is found out.
  static let mostPages = 2000
  /// The same of files.
  static let mostFiles = 1 << 20
  /// The same of bytes, and so few that no sum of sizes leaves the range of numbers.
  static let mostBytes = 1 << 50

  let commit: String
  let files: [HubFile]
}

extension Hub {
  /// The files of `repository` at `revision`, which becomes a commit.
  func listing(_ repository: RepositoryID, revision: String) async throws -> HubListing {
    let commit = try await commit(repository, revision: revision)
    var files: [HubFile] = []
    var bytes = 0
    var pages: Set<WebAddress> = []
    var next: WebRequest? = try request(
      .GET, "\(repository.apiPath)/tree/\(commit)?recursive=true&expand=false")
    while let request = next {
      guard pages.insert(request.address).inserted, pages.count <= HubListing.mostPages else {
        throw endless(repository, "its pages lead back to each other, or never end")
      }
      let (headers, json) = try await telling(about: repository, revision: revision) {
        try await Web.json(request, retry)
      }
      guard let entries = json?.array else {
        throw AnnealError(.failed, "\(request.name) was not answered with a list of files")
      }
      for entry in entries {
        guard let file = try HubFile(entry: entry, of: repository) else { continue }
        files.append(file)
        bytes += file.bytes
        guard files.count <= HubListing.mostFiles, bytes <= HubListing.mostBytes else {
          throw endless(repository, "\(files.count) files of \(bytes) bytes, and more to come")
        }
      }
      next = Self.following(headers, of: request)
    }
    return HubListing(commit: commit, files: files.sorted { $0.path < $1.path })
  }

  private func endless(_ repository: RepositoryID, _ found: String) -> AnnealError {
    AnnealError(
      .failed, "\(endpoint) lists more for \(repository) than a repository has: \(found)",
      remedy: "Do not use this repository.")
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
        .failed,
        "\(repository) lists a file that would lie outside its folder, or has control characters "
          + "in its name: '\(path)'",
        remedy: "Do not use this repository.")
    }
    guard !Self.isOfGit(path) else {
      throw AnnealError(
        .failed, "\(repository) lists '\(path)', a file of git's own, by which git runs programs",
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
          && part.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0 != "\\"
          }
      }
  }

  /// Whether a part of `path` is git's own folder, also on disks that tell no capitals from small
  /// letters and leave out characters without a width.
  private static func isOfGit(_ path: String) -> Bool {
    path.split(separator: "/").contains { part in
      var visible = String.UnicodeScalarView()
      for scalar in part.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
        visible.append(scalar)
      }
      return String(visible).lowercased() == ".git"
    }
  }

  /// Whether `text` is a hash of so many digits, as servers write them.
  static func isHash(_ text: String, digits: Int) -> Bool {
    text.utf8.count == digits && text.allSatisfy { "0123456789abcdef".contains($0) }
  }
}

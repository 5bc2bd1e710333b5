internal import AnnealFiles
internal import Synchronization

extension HubServer {
  /// Why `request` may not have to do with the repository; nil when it may.
  func refusal(_ request: Received, _ name: String, writes: Bool) -> Answered? {
    let account = Self.account(request)
    guard let repository = state.withLock({ $0.repositories[name] }) else {
      return account == nil
        ? Self.refusal(401, "RepoNotFound", "Invalid username or password.")
        : Self.refusal(404, "RepoNotFound", "Repository not found")
    }
    let owner = name.split(separator: "/").dropFirst().first.map(String.init)
    if repository.isPrivate, account == nil {
      return Self.refusal(401, "RepoNotFound", "Invalid username or password.")
    }
    if repository.isGated, account != "writer" {
      return Self.refusal(
        account == nil ? 401 : 403, "GatedRepo", "Access to this repository is restricted.")
    }
    if repository.isPrivate || writes, account != owner, account != "writer" {
      return writes && account != nil
        ? Answered(403, json: ["error": "You don't have the rights to write"])
        : Self.refusal(account == nil ? 401 : 404, "RepoNotFound", "Repository not found")
    }
    return nil
  }

  /// `/api/…`.
  func answer(_ request: Received, api path: [String]) -> Answered {
    if path == ["whoami-v2"] {
      return Self.account(request).map { Answered(json: ["name": .string($0), "type": "user"]) }
        ?? .failure(401, "Invalid username or password.")
    }
    if path == ["repos", "create"] { return create(request) }
    guard path.count >= 3 else { return .failure(404, "no route \(request.pathText)") }
    let name = path[0...2].joined(separator: "/")
    let rest = Array(path[3...])
    let writes = ["preupload", "commit", "branch"].contains(rest.first ?? "")
    if let refusal = refusal(request, name, writes: writes) { return refusal }
    switch (request.method, rest.first, rest.dropFirst().first) {
    case ("GET", nil, nil): return information(name, "main")
    case ("GET", "revision", let revision?): return information(name, revision)
    case ("GET", "tree", let revision?): return tree(request, name, revision)
    case ("POST", "preupload", _): return preupload(request, name, rest.last ?? "main")
    case ("POST", "commit", let branch?): return commit(request, name, branch)
    case ("POST", "branch", let branch?): return makeBranch(name, branch)
    default: return .failure(404, "no route \(request.method) \(request.pathText)")
    }
  }

  private func information(_ name: String, _ revision: String) -> Answered {
    let isPrivate = JSON.bool(isPrivate(name))
    guard let (commit, files) = state.withLock({ $0.repositories[name]?.files(at: revision) })
    else {
      // A repository without a commit is there all the same.
      if revision == "main" {
        return Answered(json: ["id": .string(name), "private": isPrivate, "siblings": []])
      }
      return Self.refusal(404, "RevisionNotFound", "Invalid rev id: \(revision)")
    }
    let siblings = files.keys.sorted().map { path -> JSON in ["rfilename": .string(path)] }
    let id = name.split(separator: "/").dropFirst().joined(separator: "/")
    return Answered(json: [
      "id": .string(id), "modelId": .string(id), "sha": .string(commit), "private": isPrivate,
      "siblings": .array(siblings), "tags": [], "downloads": 0, "likes": 0,
    ])
  }

  private func tree(_ request: Received, _ name: String, _ revision: String) -> Answered {
    let (found, listed) = state.withLock { ($0.repositories[name]?.files(at: revision), $0.listed) }
    guard let found else {
      return Self.refusal(404, "RevisionNotFound", "Invalid rev id: \(revision)")
    }
    let files = found.files.sorted { $0.key < $1.key }.map(Self.entry)
    let folders = Set(
      found.files.keys.compactMap { path in
        path.lastIndex(of: "/").map { String(path[..<$0]) }
      })
    let entries =
      folders.sorted().map { folder -> JSON in
        ["type": "directory", "path": .string(folder), "oid": "", "size": 0]
      } + files + listed
    let start = request.query["cursor"].flatMap { Int($0) } ?? 0
    let page = entries.dropFirst(start).prefix(pageEntries)
    var headers: [(String, String)] = []
    if start + page.count < entries.count {
      let host = request.headers["host"] ?? ""
      let next = "http://\(host)\(request.pathText)?recursive=true&cursor=\(start + page.count)"
      headers.append(("Link", "<\(next)>; rel=\"next\""))
    }
    return Answered(200, headers, json: .array(Array(page)))
  }

  private static func entry(_ path: String, _ bytes: [UInt8]) -> JSON {
    var entry: JSON = ["type": "file", "path": .string(path), "size": .integer(bytes.count)]
    guard isLarge(path, bytes.count) else {
      return entry.setting("oid", to: .string(GitBlobDigest.hex(of: bytes)))
    }
    let sha256 = SHA256Digest.hex(of: bytes)
    let pointer = """
      version https://git-lfs.github.com/spec/v1
      oid sha256:\(sha256)
      size \(bytes.count)

      """
    entry = entry.setting("oid", to: .string(GitBlobDigest.hex(of: Array(pointer.utf8))))
    return entry.setting(
      "lfs",
      to: [
        "oid": .string(sha256), "size": .integer(bytes.count),
        "pointerSize": .integer(pointer.utf8.count),
      ])
  }

  /// `/OWNER/NAME/…`: files, and what git-lfs asks.
  func answer(_ request: Received, page path: [String], kind: String) -> Answered {
    guard path.count >= 4 else { return .failure(404, "no route \(request.pathText)") }
    let isUpload = path[1].hasSuffix(".git")
    let short = isUpload ? String(path[1].dropLast(4)) : path[1]
    let name = "\(kind)/\(path[0])/\(short)"
    if let refusal = refusal(request, name, writes: isUpload) { return refusal }
    if isUpload { return batch(request) }
    guard path[2] == "resolve",
      let (commit, files) = state.withLock({ $0.repositories[name]?.files(at: path[3]) })
    else { return Self.refusal(404, "RevisionNotFound", "Invalid rev id") }
    let file = path[4...].joined(separator: "/")
    guard let bytes = files[file] else {
      return Self.refusal(404, "EntryNotFound", "Entry not found")
    }
    guard Self.isLarge(file, bytes.count) else {
      let etag = "\"\(GitBlobDigest.hex(of: bytes))\""
      return send(request, bytes, file, [("X-Repo-Commit", commit), ("ETag", etag)])
    }
    let sha256 = SHA256Digest.hex(of: bytes)
    // Another name of this host is another server to a careful client.
    let host = (request.headers["host"] ?? "").replacingHost(with: "localhost")
    return Answered(
      302,
      [
        ("X-Repo-Commit", commit), ("X-Linked-Etag", "\"\(sha256)\""),
        ("X-Linked-Size", String(bytes.count)), ("ETag", "\"\(sha256)\""),
        ("Location", "http://\(host)/store/\(sha256)?file=\(file)&signature=s3cret"),
      ])
  }

  /// Sends a file or a part of it, with the faults that a test asked for.
  func send(
    _ request: Received, _ bytes: [UInt8], _ file: String, _ headers: [(String, String)]
  ) -> Answered {
    let (cut, flip, ignoresRanges) = state.withLock { state in
      let cut = state.cuts[file]
      if request.method == "GET", let cut {
        state.cuts[file] = cut.times > 1 ? (cut.times - 1, cut.bytes) : nil
      }
      return (cut, state.flips[file], state.ignoresRanges)
    }
    let asked = ignoresRanges ? nil : request.range(of: bytes.count)
    if !ignoresRanges, asked == nil, request.headers["range"] != nil {
      return Answered(416, headers + [("Content-Range", "bytes */\(bytes.count)")])
    }
    let range = asked ?? 0..<bytes.count
    var sent = Array(bytes[range])
    if let flip, range.contains(flip) { sent[flip - range.lowerBound] ^= 1 }
    var answer = Answered(
      asked == nil ? 200 : 206, headers + [("Accept-Ranges", "bytes")], bytes: sent)
    if asked != nil {
      answer.headers.append(
        ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"))
    }
    guard request.method == "GET" else { return answer }
    answer.cutAfter = cut.map { min($0.bytes, sent.count) }
    let end = range.lowerBound + (answer.cutAfter ?? sent.count)
    state.withLock { $0.served.append(Served(file: file, range: range.lowerBound..<end)) }
    return answer
  }
}

extension String {
  /// `host:port` with another host.
  func replacingHost(with host: String) -> String {
    host + (firstIndex(of: ":").map { String(self[$0...]) } ?? "")
  }
}

internal import AnnealFiles
internal import Foundation
internal import Synchronization

extension HubServer {
  func create(_ request: Received) -> Answered {
    guard let account = Self.account(request) else {
      return .failure(401, "Invalid username or password.")
    }
    guard account == "writer" else { return .failure(403, "You don't have the rights to create") }
    let wish = request.json
    let owner = wish["organization"]?.string ?? account
    let kind = (wish["type"]?.string ?? "model") + "s"
    guard let short = wish["name"]?.string else { return .failure(400, "no name") }
    let name = "\(kind)/\(owner)/\(short)"
    return state.withLock { state in
      guard state.repositories[name] == nil else {
        return .failure(409, "You already created this \(kind) repo")
      }
      state.repositories[name] = Repository(isPrivate: wish["private"]?.bool ?? false)
      return Answered(json: ["url": .string("/\(owner)/\(short)"), "name": .string(name)])
    }
  }

  func makeBranch(_ name: String, _ branch: String) -> Answered {
    state.withLock { state in
      guard state.repositories[name]?.branches[branch] == nil else {
        return .failure(409, "the branch is there")
      }
      let main = state.repositories[name]?.branches["main"]
      state.repositories[name]?.branches[branch] = main
      return Answered(201)
    }
  }

  func preupload(_ request: Received, _ name: String, _ branch: String) -> Answered {
    let held = state.withLock { $0.repositories[name]?.files(at: branch)?.files ?? [:] }
    let modes = (request.json["files"]?.array ?? []).map { file -> JSON in
      let (path, bytes) = (file["path"]?.string ?? "", file["size"]?.integer ?? 0)
      let isLarge = Self.isLarge(path, bytes)
      var mode: JSON = [
        "path": .string(path), "uploadMode": isLarge ? "lfs" : "regular", "shouldIgnore": false,
      ]
      if let bytes = held[path] {
        let hash = isLarge ? SHA256Digest.hex(of: bytes) : GitBlobDigest.hex(of: bytes)
        mode = mode.setting("oid", to: .string(hash))
      }
      return mode
    }
    return Answered(json: ["files": .array(modes)])
  }

  /// git-lfs' question what is to be sent, and how.
  func batch(_ request: Received) -> Answered {
    let host = (request.headers["host"] ?? "").replacingHost(with: "localhost")
    let objects = (request.json["objects"]?.array ?? []).map { object -> JSON in
      guard let hash = object["oid"]?.string, let size = object["size"]?.integer,
        !state.withLock({ $0.store[hash] != nil })
      else { return object }
      let place = "http://\(host)/store/\(hash)"
      var upload: JSON = ["href": .string(place), "header": ["X-Signed": "yes"]]
      if let partBytes, size > partBytes {
        let parts = (1...((size + partBytes - 1) / partBytes)).map { number in
          ("0000\(number)", JSON.string("\(place)/\(number)"))
        }
        upload = [
          "href": .string("\(place)/complete"),
          "header": JSON(members: [("chunk_size", .string(String(partBytes)))] + parts),
        ]
      }
      let verify: JSON = [
        "href": .string("http://\(request.headers["host"] ?? "")/store/\(hash)/verify")
      ]
      return object.setting("actions", to: ["upload": upload, "verify": verify])
    }
    return Answered(json: ["transfer": "basic", "objects": .array(objects)])
  }

  /// The place of large files.
  func store(_ request: Received, _ path: [String]) -> Answered {
    guard let hash = path.first else { return .failure(404, "no route") }
    if path.last != "verify", request.headers["authorization"] != nil {
      state.withLock { $0.strayTokens += 1 }
    }
    switch (request.method, path.dropFirst().first) {
    case ("GET", nil), ("HEAD", nil):
      guard let bytes = state.withLock({ $0.store[hash] }) else { return Answered(404) }
      return send(request, bytes, request.query["file"] ?? hash, [])
    case ("PUT", nil):
      guard request.headers["x-signed"] == "yes" else { return .failure(403, "not signed") }
      return keep(request.body, hash)
    case ("POST", "complete"): return complete(request, hash)
    case ("POST", "verify"):
      guard Self.account(request) != nil else { return .failure(401, "who are you?") }
      let size = state.withLock { $0.store[hash]?.count }
      return size == request.json["size"]?.integer ? Answered(json: [:]) : .failure(404, "not here")
    case ("PUT", let part?):
      guard let number = Int(part) else { return .failure(404, "no route") }
      state.withLock { $0.parts[hash, default: [:]][number] = request.body }
      return Answered(200, [("ETag", "\"part-\(number)\"")])
    default: return .failure(404, "no route \(request.method) \(request.pathText)")
    }
  }

  private func keep(_ bytes: [UInt8], _ hash: String) -> Answered {
    guard SHA256Digest.hex(of: bytes) == hash else { return .failure(400, "another SHA-256") }
    state.withLock {
      $0.store[hash] = bytes
      $0.uploads.append(hash)
    }
    return Answered(200)
  }

  private func complete(_ request: Received, _ hash: String) -> Answered {
    let parts = state.withLock { $0.parts[hash] ?? [:] }
    let named = request.json["parts"]?.array ?? []
    guard named.count == parts.count,
      named.allSatisfy({ part in
        part["etag"]?.string == "\"part-\(part["partNumber"]?.integer ?? 0)\""
      })
    else { return .failure(400, "other parts") }
    return keep(parts.sorted { $0.key < $1.key }.flatMap(\.value), hash)
  }

  func commit(_ request: Received, _ name: String, _ branch: String) -> Answered {
    let lines = String(decoding: request.body, as: UTF8.self).split(separator: "\n")
    var (files, message): ([String: [UInt8]], String) = ([:], "")
    for line in lines {
      guard let json = try? JSON(parsing: line), let value = json["value"] else {
        return .failure(400, "a line that is no JSON")
      }
      let path = value["path"]?.string ?? ""
      switch json["key"]?.string {
      case "header": message = value["summary"]?.string ?? ""
      case "file":
        guard let data = Data(base64Encoded: value["content"]?.string ?? "!") else {
          return .failure(400, "\(path) is not in base 64")
        }
        files[path] = [UInt8](data)
      case "lfsFile":
        guard let hash = value["oid"]?.string, let bytes = state.withLock({ $0.store[hash] }) else {
          return .failure(400, "the contents of \(path) were not sent")
        }
        files[path] = bytes
      default: return .failure(400, "an operation that is not known")
      }
    }
    guard let first = lines.first, first.contains("\"header\"") else {
      return .failure(400, "no header")
    }
    let commit = state.withLock { $0.commit(name, branch, files, message: message) }
    // Models lie at the top, data sets below a folder of theirs.
    let page = name.hasPrefix("models/") ? String(name.dropFirst(7)) : name
    let url = "http://\(request.headers["host"] ?? "")/\(page)/commit/\(commit)"
    return Answered(json: [
      "success": true, "commitOid": .string(commit), "commitUrl": .string(url), "hookOutput": "",
    ])
  }
}

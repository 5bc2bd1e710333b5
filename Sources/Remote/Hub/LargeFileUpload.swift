internal import AnnealFiles
internal import NIOHTTP1

/// Files on their way to the store beside a git repository (git-lfs' batch API), in one part or many.
struct LargeFileUpload: Sendable {
  let hub: Hub
  let repository: RepositoryID
  let revision: String
  let progress: TransferProgress

  private static let batch = 100
  private static let type = "application/vnd.git-lfs+json"

  /// Sends those of `files` that the server lacks.
  func send(_ files: [PushedFile], width: Int) async throws {
    for start in stride(from: 0, to: files.count, by: Self.batch) {
      let part = Array(files[start..<min(files.count, start + Self.batch)])
      let actions = try await actions(for: part)
      let wanted = part.compactMap { file in
        actions[file.sha256].map { Transfer(file: file, actions: $0) }
      }
      for file in part where actions[file.sha256] == nil {
        try progress.found(file.bytes)
        try progress.finishedFile()
      }
      try await inParallel(wanted, width: width) { transfer in
        try await send(transfer)
        try progress.finishedFile()
      }
    }
  }

  private struct Transfer: Sendable {
    let file: PushedFile
    let actions: JSON
  }

  /// What is to be done for each file that the server lacks, by its hash.
  private func actions(for files: [PushedFile]) async throws -> [String: JSON] {
    let objects = files.map { file -> JSON in
      ["oid": .string(file.sha256), "size": .integer(file.bytes)]
    }
    let body: JSON = [
      "operation": "upload", "transfers": ["basic", "multipart"], "hash_algo": "sha256",
      "objects": .array(objects), "ref": ["name": .string(revision)],
    ]
    let request = try hub.request(.POST, "\(repository.pagePath).git/info/lfs/objects/batch")
      .sending(body, type: Self.type).adding("Accept", Self.type)
    let answer = try await hub.json(request, about: repository, revision: revision)
    var actions: [String: JSON] = [:]
    for object in answer["objects"]?.array ?? [] {
      guard let hash = object["oid"]?.string else { continue }
      if let error = object["error"] {
        let path = files.first { $0.sha256 == hash }?.path ?? hash
        let said = error["message"]?.string ?? "?"
        throw AnnealError(
          .failed,
          "\(hub.endpoint) does not take \(path): \(hub.token?.hidden(in: said) ?? said)")
      }
      actions[hash] = object["actions"].flatMap(\.unlessNull)
    }
    return actions
  }

  private func send(_ transfer: Transfer) async throws {
    let (file, actions) = (transfer.file, transfer.actions)
    guard let upload = actions["upload"], let address = address(upload) else {
      // There is nothing to send, as the server says.
      return try progress.found(file.bytes)
    }
    let header = upload["header"]?.members ?? []
    if let text = upload["header"]?["chunk_size"] {
      guard let size = text.integer ?? text.string.flatMap({ Int($0) }), size > 0 else {
        throw malformed(file, "a chunk_size that is no number of bytes")
      }
      try await sendParts(of: file, size: size, header: header, to: address)
    } else {
      var request = WebRequest(.PUT, address)
      request.headers = header.compactMap { name, value in value.string.map { (name, $0) } }
      _ = try await put(file, 0..<file.bytes, request)
    }
    guard let verify = actions["verify"], let place = self.address(verify) else { return }
    var request = WebRequest(.POST, place)
    // The token is for this server only, wherever the action points.
    if place.origin == hub.address.origin { request.token = hub.token }
    let body: JSON = ["oid": .string(file.sha256), "size": .integer(file.bytes)]
    _ = try await hub.json(request.sending(body, type: Self.type), about: repository)
  }

  private func sendParts(
    of file: PushedFile, size: Int, header: [(key: String, value: JSON)], to address: WebAddress
  ) async throws {
    let places = header.compactMap { name, value -> (number: Int, address: WebAddress)? in
      guard let number = Int(name), let address = value.string.flatMap(WebAddress.init) else {
        return nil
      }
      return (number, address)
    }.sorted { $0.number < $1.number }
    let count = file.bytes / size + (file.bytes % size > 0 ? 1 : 0)
    guard places.count == count else {
      throw malformed(file, "\(places.count) places for \(count) parts")
    }
    var parts: [JSON] = []
    for (index, place) in places.enumerated() {
      let range = index * size..<min(file.bytes, (index + 1) * size)
      let headers = try await put(file, range, WebRequest(.PUT, place.address))
      guard let etag = headers.first(name: "ETag"), !etag.isEmpty else {
        throw malformed(file, "no ETag for part \(index + 1)")
      }
      parts.append(["partNumber": .integer(index + 1), "etag": .string(etag)])
    }
    let body: JSON = ["oid": .string(file.sha256), "parts": .array(parts)]
    let request = WebRequest(.POST, address).sending(body, type: Self.type)
      .adding("Accept", Self.type)
    _ = try await hub.json(request, about: repository)
  }

  /// Sends a part of a file, from its beginning each time.
  private func put(
    _ file: PushedFile, _ range: Range<Int>, _ request: WebRequest
  ) async throws -> HTTPHeaders {
    var attempts = Attempts(hub.retry)
    while true {
      let before = SentBytes()
      var request = request
      request.body = .file(
        FileBody(path: file.source, range: range) { [progress] count in
          before.add(count)
          try progress.moved(count)
        }, type: nil)
      let start = ContinuousClock().now
      do {
        return try await Web.bytes(request).headers
      } catch let failure as WebFailure {
        try progress.found(-before.count)
        do {
          try await attempts.wait(after: failure, of: elapsedSeconds(since: start))
        } catch let failure as WebFailure {
          throw failure.error(remedy: "Push again: what the server has is not sent twice.")
        }
      }
    }
  }

  private func malformed(_ file: PushedFile, _ what: String) -> AnnealError {
    AnnealError(.failed, "\(hub.endpoint) answers the upload of \(file.path) with \(what)")
  }

  /// Where an action leads; an address of the Hub itself is one of the server that stands in for it.
  private func address(_ action: JSON) -> WebAddress? {
    guard let text = action["href"]?.string else { return nil }
    guard hub.endpoint != Hub.standard, text.hasPrefix(Hub.standard + "/") else {
      return WebAddress(text)
    }
    return WebAddress(hub.endpoint + text.dropFirst(Hub.standard.count))
  }
}

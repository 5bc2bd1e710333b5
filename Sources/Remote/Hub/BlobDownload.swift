internal import AnnealFiles
internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// One file on its way from the Hub: what is here already is kept, the rest is asked for.
struct BlobDownload: Sendable {
  let hub: Hub
  let repository: RepositoryID
  let commit: String
  let file: HubFile
  let progress: TransferProgress

  /// Brings the file to `path`, by way of `partial`, which an earlier attempt may have left.
  ///
  /// - Throws: `AnnealError`, also when the bytes are not those that the listing promises; they are
  ///   then removed.
  func run(to path: String, partial: String) async throws {
    let part = try PartialFile(path: partial)
    if part.count > file.bytes { try part.empty() }
    try progress.found(part.count)
    try await receive(into: part)
    do { try file.verify(partial) } catch {
      try progress.found(-part.count)
      try Folder.remove(partial)
      throw error
    }
    try part.move(to: path)
  }

  private func receive(into part: PartialFile) async throws {
    var attempts = Attempts(hub.retry)
    while part.count < file.bytes {
      let before = part.count
      let start = ContinuousClock().now
      do {
        try await receiveOnce(into: part)
      } catch let failure as WebFailure {
        // A transfer that is cut now and then still comes to its end.
        if part.count > before { attempts.tookAStep() }
        do {
          try await attempts.wait(after: failure, of: elapsedSeconds(since: start))
        } catch let failure as WebFailure { throw hub.error(failure, repository, commit) }
      }
    }
  }

  private func receiveOnce(into part: PartialFile) async throws {
    let name = WebAddress.escaped(file.path, keeping: "/")
    var request = try hub.request(.GET, "\(repository.pagePath)/resolve/\(commit)/\(name)")
    if part.count > 0 { request = request.adding("Range", "bytes=\(part.count)-") }
    let answer = try await answer(to: request, part)
    try await Web.failing(request) {
      for try await buffer in answer.body {
        guard buffer.readableBytes <= file.bytes - part.count else {
          try begin(anew: part)
          throw WebFailure(
            .garbled, of: request, "more than the \(file.bytes) bytes that the listing says")
        }
        try buffer.withUnsafeReadableBytes { try part.append($0) }
        try progress.moved(buffer.readableBytes)
      }
    }
    guard part.count == file.bytes else {
      throw WebFailure(
        .broken, of: request, "it ended after \(part.count) of \(file.bytes) bytes")
    }
  }

  /// The answer whose body goes on where `part` ends.
  private func answer(to request: WebRequest, _ part: PartialFile) async throws -> WebAnswer {
    let answer: WebAnswer
    do {
      answer = try await Web.answer(to: request)
    } catch var failure as WebFailure where failure.status == 416 && part.count > 0 {
      try begin(anew: part)
      failure.kind = .broken
      throw failure
    }
    guard part.count > 0 else { return answer }
    let range = answer.headers.first(name: "Content-Range") ?? ""
    if answer.status != 206 {
      // The whole file comes, whatever part was asked for.
      try begin(anew: part)
    } else if !range.hasPrefix("bytes \(part.count)-") {
      throw WebFailure(
        .garbled, of: request, "bytes from \(part.count) were asked for, and '\(range)' comes")
    }
    return answer
  }

  private func begin(anew part: PartialFile) throws {
    try progress.found(-part.count)
    try part.empty()
  }
}

public import AnnealFiles
internal import NIOHTTP1

/// The fine-tuning of hosted models, through OpenAI's API or another that speaks it.
public struct HostedTuning: Sendable {
  /// The server.
  public let endpoint: APIEndpoint
  /// How often and how long a request is made again.
  public var retry: RetryPolicy

  /// The tuning that the server at `endpoint` offers.
  public init(_ endpoint: APIEndpoint, retry: RetryPolicy = RetryPolicy()) {
    (self.endpoint, self.retry) = (endpoint, retry)
  }

  /// Sends a file of rows.
  ///
  /// - Returns: the server's id of it.
  public func upload(
    _ path: String, progress: @escaping @Sendable (TransferState) throws -> Void = { _ in }
  ) async throws -> String {
    guard let bytes = Folder.fileBytes(path), Folder.holdsFile(path) else {
      throw AnnealError(.data, "there is no such file", at: .init(file: path))
    }
    let boundary = "anneal-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    let steps = TransferProgress(files: 1, bytes: bytes, listener: progress)
    let request = try endpoint.request(.POST, "/files")
    // Time for slow lines too: 20 kB a second.
    var policy = retry
    policy.deadline = max(retry.deadline, Double(bytes) / 20_000)
    let answer = try await telling { [policy] in
      try await Web.retrying(request, policy) {
        let sent = SentBytes()
        var request = request
        request.isPatient = true
        let body = Self.form(path, bytes, boundary) { count in
          sent.add(count)
          try steps.moved(count)
        }
        request.body = .file(body, type: "multipart/form-data; boundary=\(boundary)")
        do {
          return try await Web.bytes(request).bytes
        } catch {
          try steps.found(-sent.count)
          throw error
        }
      }
    }
    guard let id = try? JSON(parsing: answer)["id"]?.string else {
      throw AnnealError(.failed, "\(endpoint.url) does not name the file that was sent")
    }
    return id
  }

  /// A form with a purpose and a file (RFC 7578).
  private static func form(
    _ path: String, _ bytes: Int, _ boundary: String, sent: @escaping @Sendable (Int) throws -> Void
  ) -> FileBody {
    let name = Folder.name(of: path).filter { $0.isASCII && $0 != "\"" && !$0.isNewline }
    let prefix = [
      "--\(boundary)", "Content-Disposition: form-data; name=\"purpose\"", "", "fine-tune",
      "--\(boundary)", "Content-Disposition: form-data; name=\"file\"; filename=\"\(name)\"",
      "Content-Type: application/jsonl", "", "",
    ].joined(separator: "\r\n")
    return FileBody(
      path: path, range: 0..<bytes, prefix: prefix, suffix: "\r\n--\(boundary)--\r\n", sent: sent)
  }

  /// Begins a job.
  ///
  /// It is asked for once: a job whose answer is lost may have begun, and a second one costs again.
  public func begin(_ wanted: TuningRequest) async throws -> TuningJob {
    let request = try endpoint.request(.POST, "/fine_tuning/jobs").sending(wanted.json)
    do {
      let policy = RetryPolicy(attempts: 1, deadline: retry.deadline)
      return try job(in: try await Web.json(request, policy).json)
    } catch let failure as WebFailure {
      var error = endpoint.error(failure)
      if failure.kind == .broken {
        error.remedy = "The job may have begun: look at `anneal hosted list` first."
      }
      throw error
    }
  }

  /// The job called `id`.
  public func job(_ id: String) async throws -> TuningJob {
    try job(in: await json(.GET, path(id)))
  }

  /// The newest jobs, the latest first.
  public func jobs(_ count: Int = 20) async throws -> [TuningJob] {
    let answer = try await json(.GET, "/fine_tuning/jobs?limit=\(max(1, count))")
    return try (answer?["data"]?.array ?? []).map { try job(in: $0) }
  }

  /// Stops a job.
  public func cancel(_ id: String) async throws -> TuningJob {
    try job(in: await json(.POST, path(id) + "/cancel"))
  }

  /// What happened to a job, the earliest first.
  ///
  /// - Parameter last: the id of the last event that is known already; nil gives all.
  public func events(of id: String, after last: String? = nil) async throws -> [TuningEvent] {
    var events: [TuningEvent] = []
    var cursor = ""
    // The server begins with the latest.
    while true {
      let answer = try await json(.GET, path(id) + "/events?limit=100\(cursor)")
      let page = (answer?["data"]?.array ?? []).map(TuningEvent.init)
      let new = page.prefix { $0.id != last }
      events += new
      guard answer?["has_more"]?.bool == true, new.count == page.count, let end = page.last,
        cursor != Self.cursor(end)
      else { return events.reversed() }
      cursor = Self.cursor(end)
    }
  }

  /// The models saved on the way.
  public func checkpoints(of id: String) async throws -> JSON {
    try await json(.GET, path(id) + "/checkpoints")?["data"] ?? []
  }

  /// The bytes of a file that the server keeps.
  public func contents(of file: String) async throws -> [UInt8] {
    let request = try endpoint.request(.GET, "/files/\(WebAddress.escaped(file))/content")
    return try await telling {
      try await Web.retrying(request, retry) { try await Web.bytes(request).bytes }
    }
  }

  private static func cursor(_ event: TuningEvent) -> String {
    "&after=" + WebAddress.escaped(event.id)
  }

  private func job(in json: JSON?) throws -> TuningJob {
    try TuningJob(json, hiding: endpoint.key)
  }

  private func path(_ id: String) -> String { "/fine_tuning/jobs/" + WebAddress.escaped(id) }

  private func json(_ method: HTTPMethod, _ path: String) async throws -> JSON? {
    let request = try endpoint.request(method, path)
    return try await telling { try await Web.json(request, retry).json }
  }

  private func telling<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await TransferProgress.unwrapping(body) } catch let failure as WebFailure {
      throw endpoint.error(failure)
    }
  }
}

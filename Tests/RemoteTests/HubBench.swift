import AnnealFiles
import AnnealRemote
import Foundation
import LoopbackServers
import TestSupport

/// A server of the Hub's kind, and a folder for one test's files.
struct HubBench {
  let server: HubServer
  let http: LoopbackServer
  let folder: TemporaryFolder

  init(pageEntries: Int = 1000, partBytes: Int? = nil) async throws {
    let server = HubServer(pageEntries: pageEntries, partBytes: partBytes)
    self.server = server
    http = try await LoopbackServer(server.answer)
    folder = try TemporaryFolder()
  }

  /// A client with this token, which gives up soon.
  func hub(_ token: String? = nil, attempts: Int = 3) throws -> Hub {
    var environment = ["HF_HOME": folder.path + "/home"]
    environment["HF_TOKEN"] = token
    var hub = try Hub(endpoint: http.url(), environment: environment)
    hub.retry = RetryPolicy(attempts: attempts, firstDelay: 0.01, deadline: 1200)
    return hub
  }

  /// A pull into the cache of this test.
  func pull(_ name: String = "me/tiny", kind: RepositoryID.Kind = .model) throws -> PullRequest {
    var pull = PullRequest(try RepositoryID(name, kind: kind))
    pull.cache = folder.path + "/cache"
    return pull
  }

  var repositoryFolder: String { folder.path + "/cache/models--me--tiny" }

  /// The files below `folder`, with their bytes.
  static func contents(_ folder: String) throws -> [String: [UInt8]] {
    try Folder.files(below: folder).reduce(into: [:]) {
      $0[$1] = try fileBytes(folder + "/" + $1)
    }
  }

  /// Bytes that resemble nothing.
  static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var numbers = SplitMix64(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
  }

  /// A small model's files; the weights have `bytes` bytes.
  static func model(_ bytes: Int = 300_000) -> [String: [UInt8]] {
    [
      "config.json": Array("{\"model_type\": \"llama\"}\n".utf8),
      "model.safetensors": noise(bytes), "sub/twin.json": Array("{}".utf8),
      "other/twin.json": Array("{}".utf8), "empty.txt": [],
    ]
  }
}

/// What `body` throws, in words.
func failure(_ body: () async throws -> Void) async -> String {
  do {
    try await body()
    return "no failure"
  } catch { return "\(error)" }
}

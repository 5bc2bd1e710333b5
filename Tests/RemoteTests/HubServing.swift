import AnnealFiles
import Foundation
import LoopbackServers
import Testing

/// The server of these tests for other programs, as `scripts/check-hub.py` is one.
@Suite struct HubServing {
  private static let place = ProcessInfo.processInfo.environment["ANNEAL_HUB_SERVE"]

  /// Serves until the file that `ANNEAL_HUB_SERVE` names, which tells the address, is removed; five
  /// minutes at most.
  @Test(.enabled(if: place != nil))
  func `serves a small model to other programs`() async throws {
    let file = try #require(Self.place)
    let server = HubServer(pageEntries: 3, partBytes: 1_000_000)
    server.make("models/writer/tiny", files: HubBench.model(2_500_000))
    server.make("models/writer/secret", isPrivate: true, files: HubBench.model())
    let http = try await LoopbackServer(server.answer)
    try AtomicFile.write(http.url(), to: file)
    let end = ContinuousClock().now + .seconds(300)
    while Folder.holdsFile(file), ContinuousClock().now < end {
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(server.strayTokens == 0)
  }
}

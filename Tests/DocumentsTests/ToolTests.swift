import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDocuments

@Suite struct ToolTests {
  private func tool(_ name: String) -> ExternalTool {
    ExternalTool(name: name, use: "tests use it", debian: "a-package", homebrew: "a-formula")
  }
  private let place = AnnealError.Place(file: "a.pdf")

  @Test func `a missing program is named with how to install it`() async {
    let error = await failure {
      try await tool("no-such-program").run([], at: place, limits: ToolLimits())
    }
    #expect(error?.message.contains("no-such-program is not installed") == true)
    #expect(error?.remedy?.contains("apt-get install a-package") == true)
    #expect(error?.remedy?.contains("brew install a-formula") == true)
  }

  @Test func `input, output, messages and status are passed on`() async throws {
    let output = try await tool("sh").run(
      ["-c", "cat; echo \"$1\" >&2; exit 3", "sh", "a b; $HOME"], at: place,
      input: Array("text".utf8), limits: ToolLimits())
    #expect(String(decoding: output.bytes, as: UTF8.self) == "text")
    #expect(output.messages == "a b; $HOME\n")
    #expect(output.status == 3)
  }

  @Test func `a program that takes too long is stopped, with what it started`() async {
    // The programs would sleep for an hour: what ends before was stopped.
    let clock = ContinuousClock()
    let start = clock.now
    let error = await failure {
      try await tool("sh").run(
        ["-c", "sleep 3600 & sleep 3600"], at: place, limits: ToolLimits(seconds: 0.5))
    }
    #expect(error?.message.contains("took longer") == true)
    #expect(clock.now - start < .seconds(3000))
  }

  @Test func `a program may end before it has read its input`() async throws {
    let output = try await tool("sh").run(
      ["-c", "head -c 3"], at: place, input: [UInt8](repeating: 97, count: 1 << 20),
      limits: ToolLimits())
    #expect(output.status == 0 && output.bytes == [97, 97, 97])
  }

  @Test func `a program that gives too much is stopped`() async {
    let error = await failure {
      try await tool("yes").run([], at: place, limits: ToolLimits(seconds: 60, output: 1 << 20))
    }
    #expect(error?.message.contains("gave more than 1 MiB") == true)
  }

  #if os(Linux)
    @Test func `a program gets no more memory than allowed`() async throws {
      // 300 MB in one string; the shell holds it in memory.
      let command = "x=$(head -c 300000000 /dev/zero | tr '\\0' a); echo ${#x}"
      let held = try await tool("sh").run(
        ["-c", command], at: place, limits: ToolLimits(memory: 64))
      #expect(held.status != 0)
    }
  #endif
}

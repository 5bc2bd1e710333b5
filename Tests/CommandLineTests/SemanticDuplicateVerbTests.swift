import AnnealFiles
import Foundation
import LoopbackServers
import TestSupport
import Testing

/// Rows that mean the same, told by an embedder that the command line names.
@Suite struct SemanticDuplicateVerbTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func clean(_ arguments: String...) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(
      all: ["data", "clean"] + arguments,
      environment: ["OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""])
  }

  @Test func `rows of the same direction by a server's vectors are dropped, and come back by undo`()
    async throws
  {
    let busy = Answered.failure(429, "slow down", [("Retry-After", "0.05")])
    let http = try await LoopbackServer(EmbeddingServer(faults: [busy]).answer)
    let raw = try folder.write(
      """
      {"text": "a cab, a bag"}
      {"text": "dead deed"}
      {"text": "a bag, a cab"}

      """, to: "raw.jsonl")
    let output = folder.path + "/out.jsonl"
    let place = ["--embedder", http.url("/v1"), "--embedder-name", "letters"]
    let outcome = try CommandLineProgram.run(
      all: [
        "data", "clean", raw, "--output", output, "--stages",
        "exact-duplicates,semantic-duplicates",
        "--set", "semantic-duplicates.threshold=0.99", "--json",
      ] + place, environment: ["OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try JSON(parsing: outcome.output)
    #expect(report["kept"] == 2 && report["stages"]?[1]?["dropped"] == 1)
    // Rows first, then the stage that asks: one request refused, one answered.
    #expect(http.requests.count == 2)
    let card = try JSON(contentsOf: folder.path + "/out.card.json")
    #expect(card["settings"]?["embedder"] == "letters")
    #expect(card["settings"]?["stages"]?[1]?["threshold"]?.number == 0.99)
    let back = folder.path + "/back.jsonl"
    let undone = try clean(output, "--undo", "--output", back)
    #expect(undone.status == 0, "\(undone.errors)")
    #expect(try fileBytes(back) == fileBytes(raw))
  }

  @Test func `a recipe's settings are those of the stage, and a model's folder is an embedder`()
    throws
  {
    let raw = try folder.write(
      "{\"text\": \"Set an alarm for seven.\"}\n{\"text\": \"Set an alarm for seven!\"}\n",
      to: "raw.jsonl")
    let recipe = try folder.write(
      "stages:\n  - semantic-duplicates: {threshold: 0.5, action: flag}\n", to: "clean.yaml")
    let outcome = try clean(
      raw, "--output", folder.path + "/out.jsonl", "--recipe", recipe, "--embedder",
      Checkout.path("Resources/base"), "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try JSON(parsing: outcome.output)["flagged"] == 1)
  }

  @Test func `a missing embedder, one that nothing asks, and one without a name are told`() throws {
    let raw = try folder.write("{\"text\": \"a\"}\n", to: "raw.jsonl")
    let output = folder.path + "/out.jsonl"
    let missing = try clean(raw, "--output", output, "--stages", "semantic-duplicates")
    #expect(missing.status == 2 && missing.errors.contains("--embedder"), "\(missing.errors)")
    let idle = try clean(raw, "--output", output, "--embedder", "nowhere")
    #expect(idle.status == 2 && idle.errors.contains("no stage asks"), "\(idle.errors)")
    let nameless = try clean(
      raw, "--output", output, "--stages", "semantic-duplicates", "--embedder", "http://h/v1")
    #expect(nameless.errors.contains("--embedder-name is missing"), "\(nameless.errors)")
    let bare = try clean(
      raw, "--output", output, "--stages", "semantic-duplicates", "--embedder", "localhost:8080",
      "--embedder-name", "m")
    #expect(bare.errors.contains("'localhost:8080' is no address"), "\(bare.errors)")
    #expect(bare.errors.contains("http://"), "\(bare.errors)")
    let alone = try clean(raw, "--output", output, "--together", "8")
    #expect(alone.errors.contains("--together need --embedder"), "\(alone.errors)")
    #expect(!Folder.holdsAnything(output))
  }

  @Test func `a row that a server refuses is told by its file and line, with what to do`()
    async throws
  {
    let letters = EmbeddingServer()
    let http = try await LoopbackServer { request in
      let texts = (request.json["input"]?.array ?? []).compactMap(\.string)
      guard texts.allSatisfy({ $0.utf8.count <= 20 }) else {
        return .failure(400, "maximum context length is 5 tokens")
      }
      return letters.answer(request)
    }
    var lines = (0..<20).map { "{\"text\": \"a row, \($0)\"}\n" }
    lines[13] = "{\"text\": \"this one is too long for them\"}\n"
    let raw = try folder.write(lines.joined(), to: "raw.jsonl")
    let output = folder.path + "/out.jsonl"
    let place = ["--embedder", http.url("/v1"), "--embedder-name", "letters", "--output", output]
    func run(_ more: String...) throws -> CommandLineProgram.Outcome {
      try CommandLineProgram.run(
        all: ["data", "clean", raw] + place + more,
        environment: ["OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""])
    }
    let refused = try run("--stages", "semantic-duplicates", "--together", "2")
    #expect(refused.status == 1 && refused.errors.contains("\(raw):14"), "\(refused.errors)")
    #expect(refused.errors.contains("this row of 29 bytes"), "\(refused.errors)")
    #expect(refused.errors.contains("maximum context length is 5 tokens"), "\(refused.errors)")
    #expect(refused.errors.contains("length.max_characters"), "\(refused.errors)")
    #expect(!Folder.holdsAnything(output))
    // As it says.
    let mended = try run(
      "--stages", "length,semantic-duplicates", "--set", "length.max_characters=20")
    #expect(mended.status == 0, "\(mended.errors)")
  }

  @Test func `a server whose vectors do not fit ends the work, and nothing is written`()
    async throws
  {
    let http = try await LoopbackServer { _ in
      Answered(json: EmbeddingServer.list([EmbeddingServer.entry([1], at: 0)]))
    }
    let raw = try folder.write("{\"text\": \"a\"}\n{\"text\": \"b\"}\n", to: "raw.jsonl")
    let output = folder.path + "/out.jsonl"
    let outcome = try clean(
      raw, "--output", output, "--stages", "semantic-duplicates", "--embedder", http.url("/v1"),
      "--embedder-name", "odd")
    #expect(outcome.status == 1 && outcome.errors.contains("1 vectors for 2 texts"))
    #expect(!Folder.holdsAnything(output))
    #expect(!Folder.holdsAnything(folder.path + "/out.changes.jsonl"))
  }

  @Test func `Ctrl-C ends the work while a server is waited for`() async throws {
    let http = try await LoopbackServer { _ in
      var answer = Answered(json: ["data": []])
      answer.milliseconds = 3_600_000
      return answer
    }
    let raw = try folder.write("{\"text\": \"a\"}\n", to: "raw.jsonl")
    let told = try folder.write("", to: "told.txt")
    let errors = try #require(FileHandle(forWritingAtPath: told))
    let process = try CommandLineProgram.start(
      [
        "data", "clean", raw, "--output", folder.path + "/out.jsonl", "--stages",
        "semantic-duplicates", "--embedder", http.url("/v1"), "--embedder-name", "slow",
      ], errors: errors)
    defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    #expect(try await comes { !http.requests.isEmpty })
    process.interrupt()
    #expect(try await comes { !process.isRunning })
    guard !process.isRunning else { return }
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    let words = String(decoding: try fileBytes(told), as: UTF8.self)
    #expect(words.contains("stopped"), "\(words)")
    #expect(!Folder.holdsAnything(folder.path + "/out.jsonl"))
  }

  /// Whether `isSo` becomes true while the server still thinks.
  private func comes(_ isSo: () -> Bool) async throws -> Bool {
    let end = ContinuousClock().now + .seconds(300)
    while !isSo(), ContinuousClock().now < end { try await Task.sleep(for: .milliseconds(20)) }
    return isSo()
  }
}

import AnnealFiles
@testable import AnnealRemote
import LoopbackServers
import TestSupport
import Testing

@Suite struct OpenAIEmbedderTests {
  private func embedder(
    _ server: LoopbackServer, environment: [String: String] = [:]
  ) throws -> OpenAIEmbedder {
    let own = ["OPENAI_BASE_URL": server.url("/v1")]
    return OpenAIEmbedder(
      "letters", at: try APIEndpoint(environment: environment.merging(own) { $1 }),
      retry: RetryPolicy(attempts: 4, firstDelay: 0.01, deadline: 1200))
  }

  private func message(_ body: () async throws -> Void) async -> String {
    do {
      try await body()
      return "no error"
    } catch { return "\(error)" }
  }

  private func expected(_ texts: [String]) -> [[Float]] {
    texts.map { EmbeddingServer.vector(of: $0).map { Float($0) } }
  }

  @Test func `vectors come in the order of the texts, whatever order the server sends them in`()
    async throws
  {
    let letters = EmbeddingServer(key: "sk-secret-1")
    let server = try await LoopbackServer(letters.answer)
    let model = try embedder(server, environment: ["OPENAI_API_KEY": "sk-secret-1"])
    let texts = (0..<150).map { "text \($0) " + String(repeating: "abc", count: $0) }
    let vectors = try await model.vectors(of: texts)
    let isSame = vectors == expected(texts)
    #expect(isSame)
    // 64 texts a request.
    #expect(server.requests.count == 3)
    let sent = try #require(server.requests.first?.json)
    #expect(sent.members.map(\.key) == ["model", "input", "encoding_format"])
    #expect(sent["model"] == "letters" && sent["encoding_format"] == "float")
    #expect(try await model.vectors(of: []).isEmpty)
    #expect(server.requests.count == 3)
  }

  @Test func `texts go in requests of a bounded size, and a long one by itself`() {
    let long = String(repeating: "x", count: 200 << 10)
    #expect(OpenAIEmbedder.parts(of: ["a", long, long, "b"]) == [["a", long], [long, "b"]])
    let parts = OpenAIEmbedder.parts(of: (0..<130).map { "\($0)" })
    #expect(parts.map(\.count) == [64, 64, 2])
  }

  @Test func `a busy server is asked again`() async throws {
    let busy = Answered.failure(429, "slow down", [("Retry-After", "0.05")])
    let letters = EmbeddingServer(faults: [busy, .failure(503, "soon")])
    let server = try await LoopbackServer(letters.answer)
    #expect(try await embedder(server).vectors(of: ["abc"]) == expected(["abc"]))
    #expect(server.requests.count == 3)
  }

  @Test func `a refusal names the request, what was said and what to do, and no key`() async throws
  {
    let server = try await LoopbackServer(EmbeddingServer(key: "sk-right-key").answer)
    let model = try embedder(server, environment: ["OPENAI_API_KEY": "sk-wrong-key"])
    let refused = await message { _ = try await model.vectors(of: ["a"]) }
    #expect(refused.contains("POST \(server.url("/v1/embeddings"))"), "\(refused)")
    #expect(refused.contains("401") && !refused.contains("sk-wrong-key"), "\(refused)")
    #expect(server.requests.count == 1)
  }

  /// Takes texts of up to 20 bytes, and `most` of them at once.
  private func strict(most: Int = .max) async throws -> LoopbackServer {
    let letters = EmbeddingServer()
    return try await LoopbackServer { request in
      let texts = (request.json["input"]?.array ?? []).compactMap(\.string)
      guard texts.count <= most else { return .failure(422, "the batch is too large") }
      guard texts.allSatisfy({ $0.utf8.count <= 20 }) else {
        return .failure(400, "maximum context length is 5 tokens")
      }
      return letters.answer(request)
    }
  }

  @Test func `of many texts the one that a server refuses is named by its place`() async throws {
    let server = try await strict()
    let model = try embedder(server)
    var texts = (0..<150).map { "text \($0)" }
    texts[101] = String(repeating: "long ", count: 20)
    do {
      _ = try await model.vectors(of: texts)
      Issue.record("no error")
    } catch let refused as RefusedInput {
      #expect(refused.place == 101)
      #expect(refused.failure.message.contains("maximum context length is 5 tokens"))
    }
    // Halves of 64 down to one, and not each text by itself.
    #expect(server.requests.count <= 20, "\(server.requests.count)")
  }

  @Test func `a server that takes fewer texts at once gets fewer`() async throws {
    let server = try await strict(most: 8)
    let texts = (0..<100).map { "text \($0)" }
    let isSame = try await embedder(server).vectors(of: texts) == expected(texts)
    #expect(isSame)
  }

  @Test func `no text is blamed by a server that takes none`() async throws {
    let server = try await LoopbackServer { _ in .failure(400, "no such option") }
    let told = await message { _ = try await embedder(server).vectors(of: ["a", "b"]) }
    #expect(told.contains("POST \(server.url("/v1/embeddings"))"), "\(told)")
    #expect(told.contains("no such option") && !told.contains("RefusedInput"), "\(told)")
  }

  @Test(arguments: [1, 20])
  func `as many requests are on their way at once as the limit lets through`(together: Int)
    async throws
  {
    let letters = EmbeddingServer()
    let server = try await LoopbackServer { request in
      var answer = letters.answer(request)
      answer.milliseconds = together > 1 ? 1000 : 0
      return answer
    }
    let model = OpenAIEmbedder(
      "letters", at: try APIEndpoint(environment: ["OPENAI_BASE_URL": server.url("/v1")]),
      limit: RateLimit(concurrent: together))
    #expect(model.textsAtOnce == 64 * together * 4)
    let texts = (0..<64 * (together + 4)).map { "\($0)" }
    let isSame = try await model.vectors(of: texts) == expected(texts)
    #expect(isSame)
    // All of them, but for what a busy machine sends late.
    #expect(server.mostAtOnce <= together && server.mostAtOnce > together * 4 / 5)
  }

  private static let wrong: [(answer: JSON, message: String)] = [
    (["object": "list"], "there is no list 'data'"),
    (EmbeddingServer.list([EmbeddingServer.entry([1], at: 0)]), "1 vectors for 2 texts"),
    (
      EmbeddingServer.list([
        EmbeddingServer.entry([1], at: 0), EmbeddingServer.entry([1], at: 0),
      ]), "data[1].index is 0; expected each of 0 to 1 once"
    ),
    (
      EmbeddingServer.list([
        EmbeddingServer.entry([1], at: 0), EmbeddingServer.entry([1], at: 2),
      ]), "data[1].index is 2"
    ),
    (
      EmbeddingServer.list([
        EmbeddingServer.entry([1, 2], at: 0), EmbeddingServer.entry([1], at: 1),
      ]), "vectors of 2 and of 1 values"
    ),
    (
      EmbeddingServer.list([
        EmbeddingServer.entry([1], at: 0), ["index": 1, "embedding": "AACAPw=="],
      ]), "data[1].embedding is a string; expected an array of numbers"
    ),
    (
      EmbeddingServer.list([
        EmbeddingServer.entry([1, 1e300], at: 0), EmbeddingServer.entry([1, 1], at: 1),
      ]), "data[0].embedding[1] is 1e+300; expected a number within the range of float32"
    ),
    (
      EmbeddingServer.list([
        EmbeddingServer.entry([1], at: 0), ["index": 1, "embedding": [nil]],
      ]), "data[1].embedding[0] is null"
    ),
    (
      EmbeddingServer.list([
        EmbeddingServer.entry([1], at: 0), ["index": 1, "embedding": []],
      ]), "data[1].embedding has no values"
    ),
  ]

  @Test(arguments: wrong)
  func `an answer that does not fit the texts is an error that says how`(
    answer: JSON, message: String
  ) async throws {
    let server = try await LoopbackServer { _ in Answered(json: answer) }
    let told = await self.message { _ = try await embedder(server).vectors(of: ["a", "b"]) }
    #expect(told.contains(message), "\(told)")
    #expect(server.requests.count == 1)
  }
}

import AnnealFiles
@testable import AnnealRemote
import AnnealText
import LoopbackServers
import OrderedCollections
import TestSupport
import Testing

@Suite struct ChatModelTests {
  private static let quick = RetryPolicy(attempts: 4, firstDelay: 0.01, deadline: 1200)

  private func model(
    _ server: LoopbackServer, limit: RateLimit = RateLimit(), retry: RetryPolicy = quick,
    extra: JSON = [:], environment: [String: String] = [:]
  ) throws -> OpenAIChatModel {
    let own = ["OPENAI_BASE_URL": server.url("/v1")]
    let endpoint = try APIEndpoint(environment: environment.merging(own) { $1 })
    return OpenAIChatModel("echo", at: endpoint, limit: limit, retry: retry, extra: extra)
  }

  @Test func `a model behind a server answers, with its tokens and the seconds it took`()
    async throws
  {
    let chat = ChatServer(key: "sk-secret-1", milliseconds: 50)
    let server = try await LoopbackServer(chat.answer)
    let model = try model(server, environment: ["OPENAI_API_KEY": " sk-secret-1\n"])
    let reply = try await model.answer(
      to: Conversation(system: "Be brief.", user: "abc"), options: ReplyOptions())
    #expect(reply.message.text == "cba" && reply.message.role == "assistant")
    #expect(reply.message.fields["refusal"] == nil)
    #expect(reply.usage == TokenUsage(prompt: 3, completion: 3) && reply.finishReason == "stop")
    #expect(reply.seconds >= 0.05)
    let prices = TokenPrices(promptMillion: 1, completionMillion: 3)
    #expect(prices.cost(of: try #require(reply.usage)) == 12e-6)
  }

  @Test func `what is asked for arrives in the API's own words`() async throws {
    let server = try await LoopbackServer(ChatServer().answer)
    let model = try model(
      server, extra: ["max_tokens": nil, "max_completion_tokens": 9, "reasoning_effort": "low"])
    let call = ToolCall(name: "weather", arguments: ["city": "Oslo"])
    var calling = Message.assistant("")
    calling.toolCalls = [call.json]
    var answer = Message(role: "tool", text: "rain")
    answer.fields["rating"] = 5
    let conversation = Conversation(
      [.user("Weather?"), calling, answer],
      tools: [["name": "weather", "parameters": ["type": "object"]]])
    let options = ReplyOptions(
      temperature: 0.5, topP: 0.9, seed: 7, stop: ["END"],
      format: .schema(name: "answer", ["type": "object"]))
    let reply = try await model.answer(to: conversation, options: options)
    #expect(
      try reply.message.calls() == [
        ToolCall(id: "call_1", name: "weather", arguments: ["city": "Oslo"])
      ])

    let sent = try #require(server.requests.first?.json)
    #expect(sent["model"] == "echo" && sent.members.allSatisfy { $0.key != "max_tokens" })
    #expect(sent["max_completion_tokens"] == 9 && sent["reasoning_effort"] == "low")
    #expect(sent["temperature"]?.number == 0.5 && sent["top_p"]?.number == 0.9)
    #expect(sent["seed"] == 7 && sent["stop"] == ["END"])
    #expect(sent["response_format"]?["json_schema"]?["schema"] == ["type": "object"])
    #expect(sent["tools"]?[0]?["function"]?["name"] == "weather")
    let messages = try #require(sent["messages"]?.array)
    #expect(messages[1]["content"] == .null)
    #expect(messages[1]["tool_calls"]?[0]?["function"]?["arguments"] == #"{"city": "Oslo"}"#)
    #expect(messages[1]["tool_calls"]?[0]?["id"] == messages[2]["tool_call_id"])
    #expect(messages[2]["tool_call_id"]?.string != nil && messages[2]["rating"] == nil)
  }

  @Test func `what is not asked for is not mentioned`() async throws {
    let server = try await LoopbackServer(ChatServer().answer)
    let asked =
      #"{"messages": [{"role": "user", "content": "abc", "tool_calls": null}], "tools": null}"#
    _ = try await model(server).reply(to: Conversation(json: JSON(parsing: asked)))
    let sent = try #require(server.requests.first?.json)
    #expect(sent.members.map(\.key) == ["model", "messages", "max_tokens", "temperature"])
    #expect(sent["messages"] == [["role": "user", "content": "abc"]])
  }

  @Test func `a busy server is asked again when it says, and not before`() async throws {
    let busy = Answered.failure(429, "slow down", [("Retry-After", "1")])
    let broken = Answered.failure(500, "oops")
    var cut = Answered(json: ["choices": []])
    (cut.announced, cut.cutAfter) = (5000, 3)
    let server = try await LoopbackServer(ChatServer(faults: [busy, broken, cut]).answer)
    let start = ContinuousClock().now
    let reply = try await model(server).answer(
      to: Conversation(user: "abc"), options: ReplyOptions())
    #expect(reply.message.text == "cba" && server.requests.count == 4)
    #expect(elapsedSeconds(since: start) >= 1)
    // The latency is that of the answer, without the waits before it.
    #expect(elapsedSeconds(since: start) >= 1 + reply.seconds)
  }

  @Test func `a failure names the request, the status, what was said and what to do, and no key`()
    async throws
  {
    let server = try await LoopbackServer(ChatServer(key: "sk-right-key").answer)
    let wrong = try model(server, environment: ["OPENAI_API_KEY": "sk-wrong-key"])
    let refused = await failure { _ = try await wrong.reply(to: Conversation(user: "a")) }
    #expect(refused.contains("POST \(server.url("/v1/chat/completions"))"), "\(refused)")
    #expect(refused.contains("401 Unauthorized: Incorrect API key"), "\(refused)")
    #expect(refused.contains("OPENAI_API_KEY") && !refused.contains("sk-wrong-key"), "\(refused)")
    #expect(server.requests.count == 1)
    #expect(!"\(wrong.endpoint) \(String(reflecting: wrong))".contains("sk-wrong-key"))
    var dumped = ""
    dump(wrong, to: &dumped)
    #expect(!dumped.contains("sk-wrong-key"))

    let quota = Answered.failure(
      429, String(repeating: "long ", count: 200), code: "insufficient_quota")
    let broke = try await LoopbackServer(ChatServer(faults: [quota]).answer)
    let spent = await failure { _ = try await model(broke).reply(to: Conversation(user: "a")) }
    #expect(spent.contains("quota is used up") && spent.count < 600, "\(spent)")
    #expect(broke.requests.count == 1)

    let odd = try await LoopbackServer { _ in Answered(json: ["odd": 1]) }
    let garbled = await failure { _ = try await model(odd).reply(to: Conversation(user: "a")) }
    #expect(garbled.contains("choices[0].message"), "\(garbled)")
  }

  /// A server that answers with what it was asked, as proxies do that help to find mistakes.
  private static func echo(_ body: @escaping @Sendable (String) -> [UInt8]) async throws
    -> LoopbackServer
  {
    try await LoopbackServer { request in
      Answered(bytes: body(request.headers["authorization"] ?? "none"))
    }
  }

  @Test(arguments: [0, 70, 180, 290])
  func `a key that comes back with an answer is not shown, nor a part of it`(_ padding: Int)
    async throws
  {
    let space = String(repeating: "-", count: padding)
    let key = "sk-abcdefghijklmnopqrstuvwxyz"
    let texts: [@Sendable (String) -> String] = [
      { "{\"a\": \"\(space)\", \"headers\": \"\($0)\"}" }, { "<p>\(space)\($0)</p>" },
    ]
    for text in texts {
      let server = try await Self.echo { Array(text($0).utf8) }
      let environment = ["OPENAI_BASE_URL": server.url("/v1"), "OPENAI_API_KEY": key]
      let endpoint = try APIEndpoint(environment: environment)
      let hosted = HostedTuning(endpoint, retry: Self.quick)
      let model = OpenAIChatModel("echo", at: endpoint, retry: Self.quick)
      for answer in [
        await failure { _ = try await model.reply(to: Conversation(user: "a")) },
        await failure { _ = try await hosted.job("ftjob-1") },
      ] {
        #expect(answer != "no failure" && !answer.contains("sk-abc"), "\(answer)")
      }
      #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer \(key)" })
    }
  }

  @Test func `what a server says cannot steer a terminal`() async throws {
    let said = Answered.failure(400, "no\u{1B}[31m\u{1B}]0;title\u{7} \u{9B}2Jsuch\r\nmodel")
    let server = try await LoopbackServer(ChatServer(faults: [said]).answer)
    let text = await failure { _ = try await model(server).reply(to: Conversation(user: "a")) }
    #expect(text.contains("no␛[31m␛]0;title␇ ␛[2Jsuch model"), "\(text)")
    typealias Characters = ControlCharacters
    #expect(Characters.shown(in: "a\tb\n\u{0}\u{7F}ü\u{85}é🙂") == "a\tb\n␀␡ü␛Eé🙂")
    #expect(
      Characters.shown(in: "\u{1B}[1;31mred\u{1B}[0m\r", keepingColors: false)
        == "␛[1;31mred␛[0m␍")
    // What is not a colour goes, also where it only begins as one.
    #expect(
      Characters.shown(in: "\u{1B}[1;31mred\u{1B}[0m\u{1B}[2J\u{1B}[3", keepingColors: true)
        == "\u{1B}[1;31mred\u{1B}[0m␛[2J␛[3")
  }

  @Test func `a key reaches only the server that it is meant for`() async throws {
    let server = try await LoopbackServer(ChatServer(key: "sk-right-key").answer)
    let other = try await LoopbackServer(ChatServer(key: "sk-other-key").answer)
    let environment = [
      "OPENAI_API_KEY": "sk-right-key", "OPENAI_BASE_URL": server.url("/v1/"),
      "OTHER_KEY": "sk-other-key",
    ]
    func ask(_ url: String?, _ variable: String? = nil) async -> String {
      await failure {
        let endpoint = try APIEndpoint(url, keyVariable: variable, environment: environment)
        let model = OpenAIChatModel("echo", at: endpoint, retry: Self.quick)
        _ = try await model.reply(to: Conversation(user: "a"))
      }
    }
    #expect(await ask(nil) == "no failure")
    #expect(await ask(server.url("/v1")) == "no failure")
    #expect(await ask(other.url("/v1"), "OTHER_KEY") == "no failure")
    let refused = await ask(other.url("/v1"))
    #expect(refused.contains("401") && refused.contains("none"), "\(refused)")
    for option in ["--base-key-variable", "--judge-key-variable", "--key-variable"] {
      #expect(refused.contains(option), "\(refused)")
    }
    let keys = other.requests.map { $0.headers["authorization"] }
    #expect(keys == ["Bearer sk-other-key", nil])
    // OpenAI's own needs one and has it, whatever server stands in for it elsewhere.
    #expect(try APIEndpoint(APIEndpoint.openAI, environment: environment).key != nil)
    let elsewhere = ["OPENAI_API_KEY": "sk-right-key"]
    #expect(
      try APIEndpoint("https://api.openai.com.evil.example/v1", environment: elsewhere).key == nil)
  }

  @Test func `attempts and time are bounded`() async throws {
    let always = Array(repeating: Answered.failure(503, "down"), count: 20)
    let server = try await LoopbackServer(ChatServer(faults: always).answer)
    let text = await failure { _ = try await model(server).reply(to: Conversation(user: "a")) }
    #expect(text.contains("tried 4 times"), "\(text)")
    #expect(server.requests.count == 4)

    let later = [Answered.failure(429, "later", [("Retry-After", "3600")])]
    let strict = try await LoopbackServer(ChatServer(faults: later).answer)
    let patient = await failure { _ = try await model(strict).reply(to: Conversation(user: "a")) }
    #expect(patient.contains("asks to wait 3600 s"), "\(patient)")

    let slow = try await LoopbackServer(ChatServer(milliseconds: 20_000).answer)
    let hasty = try model(slow, retry: RetryPolicy(attempts: 1, deadline: 0.3))
    let late = await failure { _ = try await hasty.reply(to: Conversation(user: "a")) }
    #expect(late.contains("no answer within"), "\(late)")

    for nowhere in ["http://127.0.0.1:9/v1", "http://no-such-host.invalid/v1"] {
      let closed = try APIEndpoint(nowhere, environment: [:])
      let nobody = OpenAIChatModel("echo", at: closed, retry: Self.quick)
      let gone = await failure { _ = try await nobody.reply(to: Conversation(user: "a")) }
      #expect(gone.contains("cannot be reached") && gone.contains("server runs"), "\(gone)")
    }
  }

  @Test func `no more requests are under way than allowed`() async throws {
    let server = try await LoopbackServer(ChatServer(milliseconds: 40).answer)
    let model = try model(server, limit: RateLimit(concurrent: 3))
    let texts = try await withThrowingTaskGroup(of: String.self) { group in
      for index in 0..<12 {
        group.addTask { try await model.reply(to: Conversation(user: "q\(index)")).text }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(texts.count == 12 && server.mostAtOnce == 3)
  }

  @Test func `requests and tokens of a window are bounded`() async throws {
    let window = Duration.milliseconds(200)
    let byCount = RateLimit(requests: 3, tokens: nil, concurrent: 9, window: window)
    let byTokens = RateLimit(requests: nil, tokens: 100, concurrent: 9, window: window)
    for (limit, estimate) in [(byCount, 1), (byTokens, 30)] {
      let start = ContinuousClock().now
      for _ in 0..<7 { try await limit.run(estimate: estimate) { ((), nil) } }
      // Seven by threes need two whole windows.
      #expect(elapsedSeconds(since: start) >= 0.4)
    }
    // What was used counts, and not what was thought before.
    let start = ContinuousClock().now
    let generous = RateLimit(requests: nil, tokens: 100, concurrent: 9, window: .seconds(3600))
    for _ in 0..<7 { try await generous.run(estimate: 90) { ((), 1) } }
    #expect(elapsedSeconds(since: start) < 3000)
  }

  @Test func `who waits for a turn can be cancelled`() async throws {
    let limit = RateLimit(concurrent: 1)
    let (held, begin) = AsyncStream.makeStream(of: Void.self)
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let holder = Task {
      try await limit.run(estimate: 0) {
        begin.yield()
        for await _ in gate { break }
        return ((), nil)
      }
    }
    for await _ in held { break }
    let waiting = Task { try await limit.run(estimate: 0) { ((), nil) } }
    try await Task.sleep(for: .milliseconds(50))
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    open.yield()
    try await holder.value
    try await limit.run(estimate: 0) { ((), nil) }
  }

  @Test(
    arguments: [
      ("0.5", 0.5), ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("soon", nil), ("-3", nil),
    ] as [(String, Double?)])
  func `a wait that a server asks for is read`(_ text: String, _ seconds: Double?) {
    #expect(RetryAfter.seconds(text) == seconds)
    #expect(RetryAfter.date("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
    #expect(RetryAfter.date("Thu, 29 Feb 2024 00:00:00 GMT") == 1_709_164_800)
  }

  @Test func `a key comes from the environment, and its absence is told where one is needed`()
    throws
  {
    #expect(throws: AnnealError.self) { try APIEndpoint(environment: [:]) }
    #expect(throws: AnnealError.self) {
      try APIEndpoint("http://127.0.0.1:1/v1", keyVariable: "MY_KEY", environment: [:])
    }
    #expect(throws: AnnealError.self) {
      try APIEndpoint(environment: [
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_API_KEY": "a b",
      ])
    }
    #expect(throws: AnnealError.self) { try APIEndpoint("ftp://host/v1", environment: [:]) }
    for address in ["https://me:p@ss/w0rd@host/v1", "me:p@ss/w0rd@host/v1"] {
      let text = failure(of: { _ = try APIEndpoint(address, environment: [:]) })?.message ?? ""
      #expect(
        text.contains("…@host/v1") && !text.contains("me") && !text.contains("w0rd"), "\(text)")
    }
    let own = try APIEndpoint("http://127.0.0.1:1/v1/", environment: [:])
    #expect(own.url == "http://127.0.0.1:1/v1")
  }

  @Test func `a proxy is read as curl reads it`() throws {
    let address = try WebAddress("https://hub.example/x", option: "")
    func proxy(_ environment: [String: String]) -> ProxyServer? {
      ProxyServer(for: address, environment: environment)
    }
    let server = try #require(proxy(["HTTPS_PROXY": "http://me:pw@gate.example:3128"]))
    #expect(server.host == "gate.example" && server.port == 3128)
    #expect(server.credentials == "bWU6cHc=")
    #expect(proxy(["https_proxy": "gate.example", "NO_PROXY": "other, .example"]) == nil)
    #expect(proxy(["https_proxy": "gate.example", "no_proxy": "other"])?.port == 80)
    let here = try WebAddress("http://127.0.0.1:1/", option: "")
    #expect(ProxyServer(for: here, environment: ["http_proxy": "gate.example"]) == nil)
  }
}

public import AnnealFiles
public import AnnealText
internal import NIOHTTP1
internal import OrderedCollections

/// A chat model behind any server of OpenAI's chat API.
///
/// Safe to ask from many tasks at once: the limit decides how many requests are under way. Failures
/// that may pass are tried again as the policy says.
public struct OpenAIChatModel: ChatModel {
  /// The server.
  public let endpoint: APIEndpoint
  /// What the server calls the model.
  public let model: String
  /// How often and how long a request is made again.
  public let retry: RetryPolicy
  private let limit: RateLimit
  private let extra: JSON

  /// The model that the server at `endpoint` calls `model`.
  ///
  /// - Parameters:
  ///   - limit: how often it may be asked; share one among models of the same account.
  ///   - extra: more members of a request, such as `{"reasoning_effort": "low"}`; null takes one
  ///     away. `{"max_tokens": null, "max_completion_tokens": 512}` suits models that refuse the
  ///     old name.
  public init(
    _ model: String, at endpoint: APIEndpoint, limit: RateLimit = RateLimit(),
    retry: RetryPolicy = RetryPolicy(), extra: JSON = [:]
  ) {
    self.model = model
    self.endpoint = endpoint
    self.limit = limit
    self.retry = retry
    self.extra = extra
  }

  /// The model's name.
  public var name: String { model }

  /// Server, model and further members of requests.
  public var identity: String { "\(endpoint.url) \(model) \(extra.text())" }

  /// The next message of `conversation`.
  public func reply(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Message {
    try await answer(to: conversation, options: options).message
  }

  /// The next message of `conversation`, with its tokens and the seconds of the request that
  /// succeeded.
  ///
  /// - Throws: `AnnealError` that names the request, the status and what the server said.
  public func answer(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Reply {
    let body = try requestBody(conversation, options)
    var request = try endpoint.request(.POST, "/chat/completions").sending(body)
    request.isPatient = true
    // Some four bytes of text are a token.
    let estimate = body.text().utf8.count / 4 + max(0, options.maximumTokens)
    do {
      return try await answer(to: request, estimate: estimate)
    } catch let failure as WebFailure {
      throw endpoint.error(failure)
    }
  }

  private func answer(to request: WebRequest, estimate: Int) async throws -> Reply {
    var attempts = Attempts(retry)
    while true {
      let left = attempts.secondsLeft
      let outcome = try await limit.run(estimate: estimate) {
        let outcome = try await Outcome(request, within: left)
        return (outcome, outcome.tokens)
      }
      switch outcome.result {
      case .success(let reply): return reply
      case .failure(let failure):
        // Others behind the same limit would only be refused too.
        if failure.mayPass, let wait = failure.retryAfter, wait < left {
          await limit.pause(seconds: wait)
        }
        try await attempts.wait(after: failure, of: outcome.seconds)
      }
    }
  }

  private func requestBody(
    _ conversation: Conversation, _ options: ReplyOptions
  ) throws -> JSON {
    var body: JSON = [
      "model": .string(model), "messages": .array(try conversation.openAIMessages()),
      "max_tokens": .integer(options.maximumTokens), "temperature": .number(options.temperature),
    ]
    if options.topP != 1 { body = body.setting("top_p", to: .number(options.topP)) }
    // The API's seeds are signed.
    if let seed = options.seed {
      body = body.setting("seed", to: .integer(Int(truncatingIfNeeded: seed & (UInt64.max >> 1))))
    }
    if !options.stop.isEmpty {
      body = body.setting("stop", to: .array(options.stop.map { .string($0) }))
    }
    body = body.setting("tools", to: conversation.openAITools)
      .setting("response_format", to: options.format.openAI)
    for (key, value) in extra.members { body = body.setting(key, to: value.unlessNull) }
    return body
  }
}

/// How one attempt went, and how long it took.
private struct Outcome {
  var result: Result<Reply, WebFailure>
  var seconds: Double

  var tokens: Int? { try? result.get().usage?.total }

  init(_ request: WebRequest, within limit: Double) async throws {
    let start = ContinuousClock().now
    do {
      let bytes = try await within(seconds: limit) { try await Web.bytes(request).bytes }
      seconds = elapsedSeconds(since: start)
      let json = try JSON(parsing: bytes, file: "the answer")
      result = .success(try Reply(completion: json, seconds: seconds))
    } catch let failure as WebFailure {
      result = .failure(failure)
    } catch let late as DeadlineExceeded {
      result = .failure(WebFailure(.broken, of: request, "\(late)"))
    } catch let error as AnnealError {
      result = .failure(WebFailure(.garbled, of: request, error.message))
    }
    seconds = elapsedSeconds(since: start)
  }
}

extension ReplyOptions.Format {
  fileprivate var openAI: JSON? {
    switch self {
    case .text: nil
    case .json: ["type": "json_object"]
    case .schema(let name, let schema):
      [
        "type": "json_schema",
        "json_schema": ["name": .string(name), "schema": schema, "strict": true],
      ]
    }
  }
}

extension Reply {
  /// The answer in a server's `chat.completion`.
  ///
  /// - Throws: `AnnealError` when there is none in it.
  fileprivate init(completion json: JSON, seconds: Double) throws {
    guard let choice = json["choices"]?[0], let message = choice["message"] else {
      throw AnnealError(.failed, "there is no choices[0].message in \(json.text(.spaced))")
    }
    var usage: TokenUsage?
    if let told = json["usage"], let prompt = told["prompt_tokens"]?.integer,
      let completion = told["completion_tokens"]?.integer, prompt >= 0, completion >= 0
    {
      usage = TokenUsage(prompt: prompt, completion: completion)
    }
    var said = try Message(json: message)
    // Servers send members without a value, which is to say that they are not there.
    said.fields = said.fields.filter { $0.key == "content" || !$0.value.isNull }
    self.init(
      said, finishReason: choice["finish_reason"]?.string, usage: usage, seconds: seconds)
  }
}
